"""How late a rule decides: from the first picture that shows a misbehaviour to the record of it.

The footage is ours, so it is known of each of its pictures what it shows; the true moment comes
from there and from nothing that the product says of itself. A film has eight pictures a second, and
so does the camera, which begins to play it at a known moment: a picture's capture is its place in
the film. From the first picture that shows the matter (or the beginning of a sound) the rule's own
time is let pass; what it takes from then on until the ``violation.start`` record is in the journal
is the rule's lateness.

Everything is the real thing: the monitor as a process of its own, with photo and calibration, all
models that are installed, and an endpoint to deliver to.
"""
