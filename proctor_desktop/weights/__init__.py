"""Model files: what they are, how they are obtained, and the refusal of those that changed.

``sync`` obtains and lists, ``installed`` is what the rest of the program asks at run time.
"""
