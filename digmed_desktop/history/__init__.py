"""The store: one encrypted file that holds everything this pharmacy recorded, sent and received.

Only this room speaks SQL. Every write is one transaction that is on the disk before the call returns.
"""
