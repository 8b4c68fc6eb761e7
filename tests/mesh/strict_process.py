"""The strict MESH in a process of its own, so that a benchmark does not share its interpreter.

``python -m tests.mesh.strict_process`` writes its URL, then one line with the number of messages in the practice's
mailbox for each line it reads, and ends when its input does.
"""

import sys

from tests.mesh.strict_mesh import PRACTICE, StrictMesh


def main() -> int:
    mesh = StrictMesh()
    mesh.register("Y99901", "DIGMED_FLU_VAC", [PRACTICE])
    print(mesh.url, flush=True)
    for _ in sys.stdin:
        print(len({one.metadata.local_id for one in mesh.stored(PRACTICE)}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
