"""Checks a record from the outside: shares no code with what wrote it.

A reader of this package alone, with the formats' public descriptions (RFC 6962, C2SP tlog-checkpoint,
OpenSSH's PROTOCOL.sshsig and ALLOWED SIGNERS), can judge whether a record is what was signed.
"""

from bringup.journal.verify.check import Finding, Report, default_signers, verify
from bringup.journal.verify.sshsig import SignersError

__all__ = ["Finding", "Report", "SignersError", "default_signers", "verify"]
