"""What `log verify` may find, in words: `contradiction` is exit code 4, `incomplete` 3."""

from __future__ import annotations

from types import MappingProxyType

CONTRADICTIONS = MappingProxyType(
    {
        "after-closed": "Something stands after the run was closed that may not.",
        "approval": "A signed answer, waiver or sign-off is not what its signature covers.",
        "blob": "A piece of evidence is missing, or is not the one whose digest stands in an event.",
        "blob-name": "An event names evidence by something that is no SHA-256.",
        "blob-size": "One piece of evidence is given two sizes.",
        "checkpoint": "A file among the checkpoints is no checkpoint of the size in its name.",
        "checkpoint-event": "An event about a checkpoint does not say what the checkpoint's file says.",
        "checkpoint-missing": "An event names a checkpoint whose file is not there.",
        "checkpoint-signer": "A checkpoint was signed by another key than its event says.",
        "epoch-falls": "The epoch, which only ever grows, falls: a runner wrote after it was taken over.",
        "epoch-silent": "The epoch grew without the event that must say why.",
        "file": "run.json or a file in plan/ is missing, or not the one whose digest stands in an event.",
        "file-unknown": "A file stands in plan/ that no event knows.",
        "given-checkpoint": "What was given with --checkpoint is no checkpoint.",
        "not-an-event": "A line of the journal is no event.",
        "origin": "A checkpoint is of another run.",
        "out-of-order": "The sequence numbers do not count up one by one: something was taken out or put in.",
        "root": "The events are not the ones that a checkpoint covers: something was altered.",
        "run-name": "run.json names another run than the events do.",
        "second-start": "The record starts twice.",
        "segment-missing": "A segment of the journal is missing.",
        "segment-unreadable": "A segment of the journal can't be read.",
        "signature": "A checkpoint has no valid signature.",
        "torn-line": "A line is incomplete. At the very end a crash leaves it so (exit 3); else it was cut.",
        "truncated": "A checkpoint covers more events than there are: the end was taken away.",
    }
)
INCOMPLETE = MappingProxyType(
    {
        "approver-unknown": "An approval is validly signed, by a key that is in no list of signers here.",
        "checkpoint-half": "A signature without its checkpoint: the runner was killed between the two.",
        "no-checkpoint": "Nothing is signed.",
        "no-events": "There is no journal.",
        "no-start": "There is no first event: run.json is covered by nothing.",
        "not-closed": "The run was never closed: it goes on, or was interrupted and can be resumed.",
        "signer-unknown": "A checkpoint is validly signed, by a key that is in no list of signers here.",
        "uncovered": "Events stand after the last checkpoint: nothing protects these yet.",
    }
)
