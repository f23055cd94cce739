"""The fault that a newcomer is offered to find: told apart here, so that naming it loads no lab."""

OFFERED = "dirty-connector"
