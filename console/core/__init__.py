"""The words that every part shares: observable values, errors, clock, ids, outcomes, alarms, the journal's port.

Standard library only; asyncio is allowed, threads and I/O are not.
"""
