"""Set the connection to MESH, and read the policy of the administrators."""
