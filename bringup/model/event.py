"""Events: the lines of the journal, as typed structs (contracts, section 4).

The journal's writer stamps `seq`, `epoch`, `at`, `mono_ns` and `boot`; whoever makes an event leaves them
alone. Kinds and fields are only ever added. `decode` reads one line; a kind that this version does not know
becomes `Unknown` and is kept and ignored by the fold.
"""

from __future__ import annotations

import msgspec

from bringup.model.measurement import Scalar
from bringup.model.putting import PutState
from bringup.model.verdict import Reading, Verdict
from bringup.model.watch import Live


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=False):
    """What the writer stamps on every line."""

    seq: int = -1
    epoch: int = 0
    at: str = ""
    mono_ns: int = 0
    boot: str = ""

    @property
    def kind(self) -> str:
        return type(self).__name__


class OfStep(Event, frozen=True, kw_only=True):
    """What every event of a step carries; `step` is the step's id."""

    stage: str
    step: str
    subject: str
    attempt: int


class RunStarted(Event, frozen=True, kw_only=True, tag=True):
    """The first event. `run_json` is the SHA-256 of run.json; `simulated` when a lab stands behind it;
    `accept` the unit of acceptance that the playbook names. With `share` attached operators may send
    commands, with `share_group` those of that group of the machine too.
    """

    run: str
    path: str
    playbook: str
    inventory: str
    rack: str | None = None
    program: str
    host: str
    user: str
    run_json: str
    simulated: bool = False
    speed: float = 1.0
    only: tuple[str, ...] = ()
    read_only: bool = False
    inject: str | None = None
    share: bool = False
    share_group: str | None = None
    accept: str | None = None
    options: dict[str, Scalar] = {}


class PlanFixed(Event, frozen=True, kw_only=True, tag=True):
    """What will be done. `files` maps names under plan/ to SHA-256. `planned`: one row per (stage, step,
    subject).
    """

    files: dict[str, str]
    planned: tuple[tuple[str, str, str], ...]


class StageStarted(Event, frozen=True, kw_only=True, tag=True):
    stage: str
    title: str = ""


class StageEnded(Event, frozen=True, kw_only=True, tag=True):
    stage: str
    verdict: Verdict


class StepStarted(OfStep, frozen=True, kw_only=True, tag=True):
    does: str


class StepEnded(OfStep, frozen=True, kw_only=True, tag=True):
    """The verdict on one planned subject. `because` is the seq of the event that explains it, or None.

    `cause` groups verdicts that share one cause (a device, a feed, a credential): the subject to blame.
    `depends` is what it was measured on, `QUANTITY@SUBJECT` -> value, as far as that was read by then:
    serials at both ends, firmware, boot, cable (field rule 22).
    """

    verdict: Verdict
    reason: str | None = None
    because: int | None = None
    cause: str | None = None
    message: str | None = None
    advice: str | None = None
    depends: dict[str, str] = {}


class Measured(OfStep, frozen=True, kw_only=True, tag=True):
    quantity: str
    unit: str
    value: Scalar | None
    reading: Reading
    age_s: float | None = None
    accuracy: float | None = None


class EvidenceKept(OfStep, frozen=True, kw_only=True, tag=True):
    name: str
    sha256: str
    size: int
    media_type: str


class SeriesChunk(OfStep, frozen=True, kw_only=True, tag=True):
    """Samples above 1 Hz: digest and summary here, the samples in a blob."""

    quantity: str
    unit: str
    sha256: str
    count: int
    minimum: float
    maximum: float
    mean: float


class Watched(Event, frozen=True, kw_only=True, tag=True):
    """One look at a port that is being watched, at both of its ends; it judges nothing in the run."""

    subject: str
    attempt: int
    live: Live


class Judged(OfStep, frozen=True, kw_only=True, tag=True):
    """One measurement against one limit. `limit` is the bound in words, None where there was none.

    `subject` is the measured one (a lane); `StepEnded.subject` is the planned one (its port).
    """

    quantity: str
    unit: str
    value: Scalar | None
    reading: Reading
    limit: str | None
    source: str | None
    standing: str | None
    verdict: Verdict
    reason: str | None = None
    within_accuracy: bool = False
    note: str | None = None


class Asked(OfStep, frozen=True, kw_only=True, tag=True):
    """`question` is its id, which `tell answer` takes. `form`: instruct, confirm, scan, measure, choose,
    attest, approve.
    """

    question: str
    form: str
    text: str
    choices: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


class Answered(OfStep, frozen=True, kw_only=True, tag=True):
    """`signed_text` and `signature` (SSHSIG armor) where an approval was signed; `signer` is the key's
    fingerprint.
    """

    question: str
    value: str
    by: str
    simulated: bool = False
    signed_text: str | None = None
    signature: str | None = None
    signer: str | None = None


class ActionIntended(OfStep, frozen=True, kw_only=True, tag=True):
    """Written, and durable, before a device is changed."""

    action: str
    before: dict[str, Scalar | None]
    identity: dict[str, Scalar | None]
    drops: tuple[str, ...]
    probe: str
    undo: str | None
    dangerous: bool


class ActionDone(OfStep, frozen=True, kw_only=True, tag=True):
    """`inferred` when a probe after a crash found it done; `changed` False when there was nothing to do."""

    action: str
    changed: bool
    after: dict[str, Scalar | None]
    inferred: bool = False


class ActionFailed(OfStep, frozen=True, kw_only=True, tag=True):
    action: str
    message: str
    outcome: str


class CommandReceived(Event, frozen=True, kw_only=True, tag=True):
    """One command to the desk: `verb` with its arguments, from whom.

    `uid` and `terminal` are what the kernel says of the process that sent it; None where there is none (an
    answers file, the runner itself). `attached`: it came from an attached console, or from another user.
    """

    verb: str
    arguments: dict[str, Scalar | None]
    by: str
    via: str
    why: str | None = None
    accepted: bool = True
    refusal: str | None = None
    uid: int | None = None
    terminal: str | None = None
    attached: bool = False


class Superseded(Event, frozen=True, kw_only=True, tag=True):
    """A verdict that no longer stands. `because` is the seq of the event that took it away: a reading of
    another serial, a replacement. `retest` where a person asked for it and nothing else has changed.
    """

    stage: str
    step: str
    subject: str
    why: str
    because: int | None = None
    retest: bool = False


class PartReplaced(Event, frozen=True, kw_only=True, tag=True):
    """A signed amendment of what is expected: `quantity` of `subject` is `new` from now on, no longer `old`.

    `proven_by` is the STAGE/STEP that reads it. `evidence` is the SHA-256 of a blob, `rma` the return's
    number, `moved_to` where the old part went. Signed as an approval is.
    """

    subject: str
    old: str
    new: str
    by: str
    why: str | None = None
    quantity: str = ""
    proven_by: str = ""
    rma: str | None = None
    evidence: str | None = None
    moved_to: str | None = None
    signed_text: str | None = None
    signature: str | None = None
    signer: str | None = None


class Covered(msgspec.Struct, frozen=True):
    """One judgement that a waiver covers: this limit, missed by this value and none worse. `worse` says which
    way that is: `lower`, `higher`, or nothing where any other value is.
    """

    subject: str
    quantity: str
    limit: str
    value: Scalar
    worse: str = ""


class Waived(Event, frozen=True, kw_only=True, tag=True):
    """A signed acceptance of a bad verdict (field rule 26). `until` is its last day (UTC). It ends with a new
    attempt that `covers` does not hold for, with another serial in `depends`, and after its last day.

    `serial` and `worst` are those of the first of `covers`, for a reader's eyes.
    """

    stage: str
    step: str
    subject: str
    by: str
    why: str
    until: str | None = None
    serial: str | None = None
    worst: Scalar | None = None
    covers: tuple[Covered, ...] = ()
    depends: dict[str, str] = {}
    signed_text: str | None = None
    signature: str | None = None
    signer: str | None = None


class Noted(Event, frozen=True, kw_only=True, tag=True):
    """`to` is whom it is for: `rack`, who works there, or nobody in particular."""

    text: str
    by: str
    subject: str | None = None
    to: str | None = None


class CablePut(Event, frozen=True, kw_only=True, tag=True):
    """Where a cable's plug stands that a person is putting into its port; one for each change of that.

    `label` is the cable's, `scan` what was scanned, `subject` the port that the plug belongs into, `far_end`
    that of its other plug. `observed` is the port at which something was seen, by the reading `witness`, at
    most `within_s` (of the world) after it happened; `belongs` is where the plug in `observed` is to go,
    `named` who names himself at the far end. `blind` are devices whose ports can't be read now: a plug there
    would not be seen. `light` says what became of the port's locate light. `by` is who has it in hand.
    """

    label: str
    scan: str
    subject: str
    far_end: str
    state: PutState
    by: str
    observed: str | None = None
    witness: str = ""
    within_s: float | None = None
    named: str = ""
    belongs: str = ""
    blind: tuple[str, ...] = ()
    light: str = ""


class EvidenceAttached(Event, frozen=True, kw_only=True, tag=True):
    """A file of an instrument about one end of a cable (`subject`): `form` is end_face, loss, otdr, or other.

    The file lies in a blob. What was read of it stands here: `outcome` as of a decoder, `result` pass or fail
    of a scope, the worst or the whole loss, how many `fibres` it names (0: it speaks of the connector), when
    the instrument says that it was taken, and when it was attached. `told` says what could not be read.
    """

    subject: str
    form: str
    name: str
    sha256: str
    size: int
    media_type: str
    by: str
    outcome: str
    result: str = ""
    loss_db: float | None = None
    wavelength_nm: float | None = None
    fibres: int = 0
    taken_unix_s: float | None = None
    attached_unix_s: float = 0.0
    told: str = ""


class TrapReceived(Event, frozen=True, kw_only=True, tag=True):
    """A notification that a device sent by itself while the run lasted. `devices` are all that it can be
    from; `authenticated`: a digest proved it. `variables` as text, by OID. `dropped`: how many were not taken
    in up to now (strangers', damaged, too many).
    """

    devices: tuple[str, ...]
    trap: str
    version: str
    inform: bool
    authenticated: bool
    uptime_s: float | None
    variables: dict[str, str]
    dropped: int = 0


class AlteredState(Event, frozen=True, kw_only=True, tag=True):
    """Something is left other than it was found. `restored` True when it was put back.

    `undo` says in words how to put it back; `action` with `arguments` is the action that does it, as a step
    of a playbook would name it, and empty where only a person can.
    """

    subject: str
    what: str
    undo: str
    restored: bool = False
    action: str = ""
    arguments: dict[str, Scalar] = {}


class Checkpointed(Event, frozen=True, kw_only=True, tag=True):
    """Covers all lines before it."""

    size: int
    root: str
    file: str
    signer: str


class ClockJumped(Event, frozen=True, kw_only=True, tag=True):
    """The wall clock moved `by_s` seconds against the monotonic clock."""

    by_s: float


class Recovered(Event, frozen=True, kw_only=True, tag=True):
    """A runner opened the journal again. `torn_file` and `torn_bytes` name a torn tail that was set aside."""

    torn_file: str | None = None
    torn_bytes: int = 0


class TakenOver(Event, frozen=True, kw_only=True, tag=True):
    """The epoch was raised over another runner."""

    holder: str
    set_aside: str | None = None


class Signed(Event, frozen=True, kw_only=True, tag=True):
    role: str
    by: str
    signed_text: str
    signature: str
    signer: str
    simulated: bool = False


class RunClosed(Event, frozen=True, kw_only=True, tag=True):
    verdict: Verdict
    exit_code: int
    partial: bool = False
    interrupted: bool = False


class Unknown(msgspec.Struct, frozen=True, kw_only=True):
    """A kind that this version does not know."""

    seq: int
    kind: str
    epoch: int = 0
    at: str = ""
    mono_ns: int = 0
    boot: str = ""


Known = (
    RunStarted
    | PlanFixed
    | StageStarted
    | StageEnded
    | StepStarted
    | StepEnded
    | Measured
    | EvidenceKept
    | SeriesChunk
    | Watched
    | Judged
    | Asked
    | Answered
    | ActionIntended
    | ActionDone
    | ActionFailed
    | CommandReceived
    | Superseded
    | PartReplaced
    | Waived
    | Noted
    | CablePut
    | EvidenceAttached
    | TrapReceived
    | AlteredState
    | Checkpointed
    | ClockJumped
    | Recovered
    | TakenOver
    | Signed
    | RunClosed
)


class EventReader:
    """Decodes journal lines; holds the compiled decoder, so make one and keep it."""

    def __init__(self) -> None:
        self._known = msgspec.json.Decoder(Known)
        self._unknown = msgspec.json.Decoder(Unknown)
        self._kinds = frozenset(kind.__name__ for kind in Known.__args__)

    def read(self, line: bytes) -> Known | Unknown:
        """One event from the bytes of one line.

        Raises:
            msgspec.DecodeError: the line is not an event.
        """
        try:
            event: Known | Unknown = self._known.decode(line)
            return event
        except msgspec.ValidationError:
            stranger = self._unknown.decode(line)
            if stranger.kind in self._kinds:
                raise
            return stranger
