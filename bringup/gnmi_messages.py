"""The gNMI messages, as a table of names and field numbers built into a descriptor pool of its own.

Names and numbers are facts of the gNMI specification (openconfig/gnmi, gnmi.proto, version 0.8). The pool is
private, so any other gNMI library may be loaded beside it. protobuf is imported when `messages()` is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

SERVICE = "gnmi.gNMI"
METHODS = {
    "Capabilities": ("CapabilityRequest", "CapabilityResponse"),
    "Get": ("GetRequest", "GetResponse"),
    "Set": ("SetRequest", "SetResponse"),
    "Subscribe": ("SubscribeRequest", "SubscribeResponse"),
}
"""Method -> (request, response). `Subscribe` streams both ways; the others are one request, one response."""

ENUMS: dict[str, tuple[str, ...]] = {
    "Encoding": ("JSON", "BYTES", "PROTO", "ASCII", "JSON_IETF"),
    "SubscriptionMode": ("TARGET_DEFINED", "ON_CHANGE", "SAMPLE"),
    "SubscriptionList.Mode": ("STREAM", "ONCE", "POLL"),
    "GetRequest.DataType": ("ALL", "CONFIG", "STATE", "OPERATIONAL"),
    "UpdateResult.Operation": ("INVALID", "DELETE", "REPLACE", "UPDATE"),
}

# Field: NUMBER NAME TYPE. `*` before the type: repeated; `%`: map from string to string; a last word
# `of GROUP`: one member of that oneof. `Any` stands for google.protobuf.Any, whose wire form is these two
# fields.
FIELDS: dict[str, tuple[str, ...]] = {
    "Any": ("1 type_url string", "2 value bytes"),
    "PathElem": ("1 name string", "2 key %"),
    "Path": ("1 element *string", "2 origin string", "3 elem *PathElem", "4 target string"),
    "Decimal64": ("1 digits int64", "2 precision uint32"),
    "ScalarArray": ("1 element *TypedValue",),
    "TypedValue": (
        "1 string_val string of value",
        "2 int_val int64 of value",
        "3 uint_val uint64 of value",
        "4 bool_val bool of value",
        "5 bytes_val bytes of value",
        "6 float_val float of value",
        "14 double_val double of value",
        "7 decimal_val Decimal64 of value",
        "8 leaflist_val ScalarArray of value",
        "9 any_val Any of value",
        "10 json_val bytes of value",
        "11 json_ietf_val bytes of value",
        "12 ascii_val string of value",
        "13 proto_bytes bytes of value",
    ),
    "Value": ("1 value bytes", "2 type Encoding"),
    "Update": ("1 path Path", "2 value Value", "3 val TypedValue", "4 duplicates uint32"),
    "Error": ("1 code uint32", "2 message string", "3 data Any"),
    "Notification": (
        "1 timestamp int64",
        "2 prefix Path",
        "3 alias string",
        "4 update *Update",
        "5 delete *Path",
        "6 atomic bool",
    ),
    "ModelData": ("1 name string", "2 organization string", "3 version string"),
    "CapabilityRequest": (),
    "CapabilityResponse": (
        "1 supported_models *ModelData",
        "2 supported_encodings *Encoding",
        "3 gNMI_version string",
    ),
    "GetRequest": (
        "1 prefix Path",
        "2 path *Path",
        "3 type GetRequest.DataType",
        "5 encoding Encoding",
        "6 use_models *ModelData",
    ),
    "GetResponse": ("1 notification *Notification", "2 error Error"),
    "SetRequest": ("1 prefix Path", "2 delete *Path", "3 replace *Update", "4 update *Update"),
    "UpdateResult": ("1 timestamp int64", "2 path Path", "3 message Error", "4 op UpdateResult.Operation"),
    "SetResponse": ("1 prefix Path", "2 response *UpdateResult", "3 message Error", "4 timestamp int64"),
    "Poll": (),
    "QOSMarking": ("1 marking uint32",),
    "Subscription": (
        "1 path Path",
        "2 mode SubscriptionMode",
        "3 sample_interval uint64",
        "4 suppress_redundant bool",
        "5 heartbeat_interval uint64",
    ),
    "SubscriptionList": (
        "1 prefix Path",
        "2 subscription *Subscription",
        "4 qos QOSMarking",
        "5 mode SubscriptionList.Mode",
        "6 allow_aggregation bool",
        "7 use_models *ModelData",
        "8 encoding Encoding",
        "9 updates_only bool",
    ),
    "SubscribeRequest": ("1 subscribe SubscriptionList of request", "3 poll Poll of request"),
    "SubscribeResponse": (
        "1 update Notification of response",
        "3 sync_response bool of response",
        "4 error Error of response",
    ),
}
_SCALARS = ("string", "bytes", "bool", "int64", "uint64", "uint32", "float", "double")


class GnmiMessages:
    """The message classes by name (`found.GetRequest(...)`) and the enum numbers (`found.enum("Encoding",
    "JSON")`).

    Hold one for as long as messages are made; classes of two instances do not mix.
    """

    def __init__(self, classes: dict[str, Any]) -> None:
        self._classes = classes

    def __getattr__(self, name: str) -> Any:
        try:
            return self._classes[name]
        except KeyError:
            raise AttributeError(f"gNMI has no message {name!r}") from None

    def enum(self, enum: str, name: str) -> int:
        """The number on the wire; KeyError/ValueError when there is none of that name."""
        return ENUMS[enum].index(name)

    def request_bytes(self, method: str) -> Callable[[Any], bytes]:
        """Serializer of a method's request."""
        serialize: Callable[[Any], bytes] = self._classes[METHODS[method][0]].SerializeToString
        return serialize

    def request_from(self, method: str) -> Callable[[bytes], Any]:
        """Parser of a method's request."""
        parse: Callable[[bytes], Any] = self._classes[METHODS[method][0]].FromString
        return parse

    def response_from(self, method: str) -> Callable[[bytes], Any]:
        """Parser of a method's response."""
        parse: Callable[[bytes], Any] = self._classes[METHODS[method][1]].FromString
        return parse


def messages() -> GnmiMessages:
    """Build the classes in a new private pool (about a millisecond)."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="bringup/gnmi.proto", package="gnmi", syntax="proto3")
    for enum, names in ENUMS.items():
        if "." not in enum:
            _add_enum(file.enum_type.add(), enum, names)
    for message, fields in FIELDS.items():
        _add_message(file.message_type.add(), message, fields)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return GnmiMessages(
        {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"gnmi.{name}")) for name in FIELDS}
    )


def _add_enum(proto: Any, name: str, values: tuple[str, ...]) -> None:
    proto.name = name
    for number, value in enumerate(values):
        proto.value.add(name=value, number=number)


def _add_message(proto: Any, name: str, fields: tuple[str, ...]) -> None:
    proto.name = name
    for enum, values in _enums_inside(name):
        _add_enum(proto.enum_type.add(), enum, values)
    groups: list[str] = []
    for field in fields:
        number, field_name, kind, *rest = field.split()
        added = proto.field.add(name=field_name, number=int(number), label=1)
        if rest:
            if rest[1] not in groups:
                groups.append(rest[1])
                proto.oneof_decl.add(name=rest[1])
            added.oneof_index = groups.index(rest[1])
        if kind[0] in "*%":
            added.label = 3
        if kind == "%":
            _add_string_map(proto, added, name)
        else:
            _set_type(added, kind.lstrip("*"))


def _enums_inside(message: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for enum, values in ENUMS.items():
        outer, _, inner = enum.rpartition(".")
        if outer == message:
            yield inner, values


def _set_type(field: Any, kind: str) -> None:
    if kind in _SCALARS:
        field.type = field.Type.Value(f"TYPE_{kind.upper()}")
        return
    field.type = field.Type.Value("TYPE_ENUM" if kind in ENUMS else "TYPE_MESSAGE")
    field.type_name = f".gnmi.{kind}"


def _add_string_map(proto: Any, field: Any, message: str) -> None:
    entry = proto.nested_type.add(name=f"{field.name.capitalize()}Entry")
    entry.options.map_entry = True
    for number, part in enumerate(("key", "value"), start=1):
        _set_type(entry.field.add(name=part, number=number, label=1), "string")
    field.type = field.Type.Value("TYPE_MESSAGE")
    field.type_name = f".gnmi.{message}.{entry.name}"
