"""Finds every check, action and ask: the `SPECS` of each module in `check/` and `action/`. No list
elsewhere.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import MappingProxyType

from bringup.model.catalogue import Catalogue, Spec

PACKAGES = ("bringup.check", "bringup.action")


def load_catalogue() -> Catalogue:
    """All specs by name.

    Raises:
        ValueError: two modules declare the same name.
    """
    specs: dict[str, Spec] = {}
    for package_name in PACKAGES:
        package = importlib.import_module(package_name)
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package_name}.{found.name}")
            for spec in getattr(module, "SPECS", ()):
                if spec.name in specs:
                    raise ValueError(
                        f"{module.__name__} declares {spec.name}, which another module has already"
                    )
                specs[spec.name] = spec
    return Catalogue(MappingProxyType(specs))
