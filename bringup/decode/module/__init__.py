"""Modules' own memories from raw pages: SFF-8472 (SFP), SFF-8636 (QSFP), CMIS 4.0 to 5.3 (QSFP-DD, OSFP)."""

from bringup.decode.module.formats import FORMATS

__all__ = ["FORMATS"]
