"""Reads what people write: inventories, playbooks, envelopes, answers, cable lists; says what is wrong, where."""
