"""gNMI requests answered from a data tree: paths, values, and updates for a subscription.

Nothing here knows gRPC; `GnmiFault` carries the name of the status code that the server ends the call with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bringup.gnmi_messages import GnmiMessages
from bringup.lab.oc_tree import Leaf, Node, Path, find, leaves, module_of, to_json, without
from bringup.lab.render_openconfig import MODELS, MODULES, OpenConfig

State = dict[Path, Leaf]
ORIGINS = frozenset({"", "openconfig", *(name for name, _ in MODELS)})
CONTAINERS_OF_SETTINGS = "config"
CONTAINERS_OF_STATE = "state"
CHANGES_ALWAYS = frozenset({"age", "last-update", "current-datetime", "speed"})
UPDATES_A_NOTIFICATION = 200


class GnmiFaultError(Exception):
    """The call ends with this gRPC status, such as NOT_FOUND."""

    def __init__(self, code: str, details: str) -> None:
        super().__init__(details)
        self.code = code
        self.details = details


class Answerer:
    """Answers for one switch. `elements_in_prefix`: list entries' paths go into the prefix."""

    def __init__(self, messages: GnmiMessages, tree: OpenConfig, *, elements_in_prefix: bool) -> None:
        self.messages = messages
        self._source = tree
        self._elements_in_prefix = elements_in_prefix

    def encoding(self, number: int) -> bool:
        """Whether JSON_IETF was asked for (else JSON).

        Raises:
            GnmiFaultError: UNIMPLEMENTED for another encoding.
        """
        if number == self.messages.enum("Encoding", "JSON_IETF"):
            return True
        if number == self.messages.enum("Encoding", "JSON"):
            return False
        raise GnmiFaultError("UNIMPLEMENTED", "encodings supported: JSON, JSON_IETF")

    def path(self, prefix: Any, path: Any) -> Path:
        """The full path of a request.

        Raises:
            GnmiFaultError: INVALID_ARGUMENT for a strange origin or the old form of paths.
        """
        for origin in (prefix.origin, path.origin):
            if origin not in ORIGINS:
                raise GnmiFaultError("INVALID_ARGUMENT", f"unsupported origin {origin!r}")
        if path.element or prefix.element:
            raise GnmiFaultError("INVALID_ARGUMENT", "path element strings are deprecated: use elem")
        both = (*prefix.elem, *path.elem)
        return tuple((elem.name.rpartition(":")[2], tuple(sorted(elem.key.items()))) for elem in both)

    def get(self, request: Any) -> Any:
        """A GetResponse.

        Raises:
            GnmiFaultError: NOT_FOUND where a path names nothing.
        """
        ietf = self.encoding(request.encoding)
        kind = request.type
        response = self.messages.GetResponse()
        for asked in request.path or [self.messages.Path()]:
            path = self.path(request.prefix, asked)
            notification = response.notification.add(timestamp=self._source.timestamp_ns())
            self._head(notification, request.prefix, ())
            found = False
            for place, node in find(self._tree((path,)), path):
                kept = self._of_type(node, place, kind)
                if kept is not None:
                    found = True
                    self._put(notification, place, to_json(kept, ietf, module_of(place, MODULES)), ietf)
            if not found:
                raise GnmiFaultError("NOT_FOUND", f"no data at {_printed(path)}")
        return response

    def state(self, paths: tuple[Path, ...]) -> State:
        """Every leaf under the paths, now."""
        root = self._tree(paths)
        return {
            place: leaf
            for path in paths
            for start, node in find(root, path)
            for place, leaf in leaves(node, start)
        }

    def notifications(
        self, prefix: Any, state: State, gone: tuple[Path, ...] = (), *, ietf: bool
    ) -> Iterator[Any]:
        """SubscribeResponses that carry these leaves, list entry by list entry, and these deletions."""
        groups: dict[tuple[Path, int | None], list[Path]] = {}
        for place in (*state, *gone):
            groups.setdefault((place[:2], self._source.taken_ns(place)), []).append(place)
        for (head, taken_ns), places in groups.items():
            shared = head if self._elements_in_prefix else ()
            for start in range(0, len(places), UPDATES_A_NOTIFICATION):
                response = self.messages.SubscribeResponse()
                notification = response.update
                notification.timestamp = taken_ns or self._source.timestamp_ns()
                self._head(notification, prefix, shared)
                for place in places[start : start + UPDATES_A_NOTIFICATION]:
                    below = place[len(shared) :]
                    if place in state:
                        self._put(notification, below, to_json(state[place], ietf), ietf)
                    else:
                        _write(notification.delete.add(), below)
                yield response

    def _tree(self, paths: tuple[Path, ...]) -> dict[str, Node]:
        firsts = {path[0][0] for path in paths if path}
        whole = len(firsts) == 0 or bool(firsts & {"*", "..."}) or any(not path for path in paths)
        return self._source.tree(frozenset(self._source.roots if whole else firsts))

    def _of_type(self, node: Node, place: Path, kind: int) -> Node | None:
        """The part of a node that a Get of this data type is for."""
        names = {name for name, _ in place}
        if kind == self.messages.enum("GetRequest.DataType", "ALL"):
            return node
        if kind == self.messages.enum("GetRequest.DataType", "CONFIG"):
            hidden, inside = CONTAINERS_OF_STATE, CONTAINERS_OF_SETTINGS
        else:
            hidden, inside = CONTAINERS_OF_SETTINGS, CONTAINERS_OF_STATE
        if hidden in names:
            return None
        return node if inside in names else without(node, hidden)

    def _head(self, notification: Any, asked: Any, shared: Path) -> None:
        notification.prefix.origin = asked.origin
        notification.prefix.target = asked.target
        _write(notification.prefix, shared)

    def _put(self, notification: Any, place: Path, value: Any, ietf: bool) -> None:
        update = notification.update.add()
        _write(update.path, place)
        coded = json.dumps(value, separators=(",", ":")).encode()
        if ietf:
            update.val.json_ietf_val = coded
        else:
            update.val.json_val = coded


def volatile(place: Path, leaf: Leaf) -> bool:
    """Whether a leaf moves all the time, so that ON_CHANGE does not send it again: readings, counts, ages."""
    names = [name for name, _ in place]
    if names[-1] == "carrier-transitions":
        return False
    return leaf.kind == "decimal" or "counters" in names or names[-1] in CHANGES_ALWAYS


def _write(message: Any, path: Path) -> None:
    for name, keys in path:
        elem = message.elem.add(name=name)
        elem.key.update(dict(keys))


def _printed(path: Path) -> str:
    return "/" + "/".join(name + "".join(f"[{k}={v}]" for k, v in keys) for name, keys in path)
