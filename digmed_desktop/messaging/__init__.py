"""The words that the rooms share: states and their transitions, outbound messages, protocols, errors.

``outbox`` works only with what is named here; ``mesh`` and ``history`` implement it.
"""
