"""`guardrail serve`: run tasks, decisions and policy checks over HTTP, with a log.

Whatever fails, nobody is told that something passed.
"""
