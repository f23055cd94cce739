"""Checks: each asks drivers for typed facts and yields measurements; none judges or retries."""
