"""A second verifier of ``.evidence`` files that shares no code with the program.

It is written from the description below, with PyNaCl for signatures and readers of its own for
the container, JSON and the envelopes. Whoever wants to check evidence without our program can
start here.

The container
-------------
A ZIP without compression, ZIP64, comments, extra fields, flags or encryption. From the first byte
on, without holes: for each entry a local header and its bytes; then the central directory; then
the end record, with which the file ends. Every header says version 20, method 0, no flags,
midnight of 1 January 1980 (time 0, date 0x21); directory headers say "made by" 3 (Unix), version
20, disk 0, no internal attributes, external attributes 0o100600 << 16. Entries stand once each,
in this order, and sorted by name within a folder::

    records.jsonl                     the records, each followed by LF
    checkpoints/<10 digits>.dsse      by the last record that each covers
    receipts/<10 digits>.dsse         likewise
    exam.dsse                         the signed exam file
    blobs/<sha256 in lower-case hex>  the files that records name
    manifest.dsse                     what all of this has to be

``records.jsonl``, ``exam.dsse`` and ``manifest.dsse`` must be there. At most 60,000 entries and
less than 4 GiB; an exam of at most 1 MiB, a checkpoint or receipt of 4 KiB, a manifest of 32 MiB.

Records
-------
All JSON, here and in envelopes, is UTF-8 without a key that stands twice, NaN or infinities, whole
numbers of more than 4,300 digits, or more than 100 objects and lists within one another. A record
is one JSON object of at most 4 MiB with exactly the keys ``v`` (1),
``session``, ``seq`` (from 1, without holes), ``prev`` (SHA-256 of the bytes of the record before,
64 zeros at first), ``wall`` (``YYYY-MM-DDTHH:MM:SS.ffffffZ``), ``mono_ns`` (0 to 2^63 - 1),
``boot``, ``kind``, ``data`` and ``blobs`` (a list of ``sha256``, ``type``, ``size`` and, for
sealed files, ``seals``). The first is a ``session.open`` whose data has the ``session_key``
(Ed25519, hex). All have its session. Nothing follows a ``session.close``. ``policy`` names the
``exam_sha256``, always the same.

Envelopes
---------
DSSE 1.0 with Ed25519: JSON with ``payloadType``, ``payload`` and ``signatures`` (``keyid``,
``sig``), base64. Keys and signatures begin with points of the curve: none may be of small order,
and keys stand in their canonical form. Signed are the bytes
``DSSEv1 <len> <type> <len> <payload>``. The types are
``application/vnd.proctor-desktop.<exam|checkpoint|receipt|manifest>+json``. All but the exam are
laid out without spaces, in the order above, with one signature, so that no byte of them is free;
``keyid`` is the first 16 hex digits of the SHA-256 of the signer's key.

A checkpoint (``session``, ``seq``, ``head`` = that record's hash, ``wall``, ``next_key``) is
signed by the key that is *due*: the session key at first, then the ``next_key`` of the checkpoint
before. No key is named twice. A receipt (``session``, ``seq``, ``head``, ``server_time``) is
signed by a server that the caller trusts, the exam by the ``institution_key`` that its payload
names and that the caller trusts; the SHA-256 of that file is the ``exam_sha256`` of the records.

The manifest is signed by the key that is due after the last checkpoint. Its payload is an object
with ``format`` ("proctor-evidence/1"), ``session``, ``exam_sha256``, ``session_key``, ``records``
(``count``, ``sha256`` of records.jsonl, ``head``), ``closed``, ``files`` (``name``, ``size``,
``sha256`` of every other entry in order), ``missing`` and ``withheld`` (sorted: the blobs that
records name and that are not there; withheld ones were left out of an excerpt on purpose).
The verdict
-----------
INVALID: anything above does not hold. VALID WITH GAPS: all of it holds, and some of this is so
(the names in brackets): no ``exam.start`` [not_started]; no ``session.close`` [ended_abnormally];
no ``policy`` [no_policy]; records of kind ``gap``, ``not_captured``, ``restart`` [the same]; from
one record to the next: another ``boot`` [reboot], or the clocks' difference changes by more than
2 s [clock_jump], or more than 30 s pass between ``exam.start`` and ``session.close`` [silence]
(the first and the last not where the later record is a ``restart`` or ``gap``, the second not where
it, or the one behind it, is a ``gap`` of the ``source`` "monitor" with ``seconds`` within 2 s of
the change: the computer was suspended); no trusted institution given, or receipts but no trusted
server [unchecked]; records behind the last checkpoint [unsigned_tail]; records that no receipt
covers [unwitnessed]; the *clock offset*, the smallest lag of any receipt's ``server_time`` behind
the ``wall`` of the record that it points at, exceeds 10 s either way [clock_offset]; one or more
receipts in a row whose first new record waited more than 60 s for one, once for each such row
[witnessed_late]; absent blobs [missing_blob], [withheld].
VALID: none of it.

A record is known to the server from the earliest ``server_time`` of all receipts at or behind it.
A receipt's first new record is the one behind the receipt before it, but none of those that begin
the session, up to the first that is no ``session.open``, ``policy``, ``capabilities`` or
``heartbeat``: nothing is sent before the candidate agrees. Where only such records are new, it is
the one that the receipt points at. How long it waited is counted twice: by ``wall``, and by the
time elapsed since the first record (``mono_ns``, and ``wall`` over another ``boot``); each time
less the smallest lag by that clock of any receipt behind its own record. The lesser one counts,
since a computer that slept looks late by one clock, and one whose clock was set by the other. The
*longest wait* is the greatest of these, and the clock offset besides where that is above 0: a clock
that is slow cannot be told from a delay that is always the same. All of this is reckoned in whole
microseconds.
"""
