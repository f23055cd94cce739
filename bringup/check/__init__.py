"""Checks: each asks drivers for typed facts and yields measurements; none judges, retries, sleeps or prints."""
