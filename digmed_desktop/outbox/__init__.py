"""Delivery: sends what waits, takes in what comes back, and asks for a person when something is late.

It knows MESH and the store by protocols only (``messaging.ports``, ``messaging.delivery``).
"""
