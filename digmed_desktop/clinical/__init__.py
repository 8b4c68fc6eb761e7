"""Records of the counter, as plain frozen dataclasses, and the rules over it.

Nothing here knows Qt, XML, the network or the database.
"""
