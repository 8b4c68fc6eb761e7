"""Answer the person at the counter, without Qt: the window and the command line both call it.

Everything here may touch the disk and take its time; the window calls it on a thread of its own.
"""
