"""Bodies with every wrong shape of a form."""

FORM_TYPE = "application/x-www-form-urlencoded"
BOUNDARY = b"shoebox-test"
MULTIPART_TYPE = f"multipart/form-data; boundary={BOUNDARY.decode()}"
BODIES = {
    "no type": (None, b""),
    "no type, but a body": (None, b"title=a"),
    "empty form": (FORM_TYPE, b""),
    "broken form": (FORM_TYPE, b"&&=&=a&%&%zz=%f&title=%ff&\xff\xed\xa0\x80;"),
    "many fields": (FORM_TYPE, b"&".join(b"a%d=b" % n for n in range(1500))),
    "other charset": (f"{FORM_TYPE}; charset=utf-16", b"title=a"),
    "broken JSON": ("application/json", b'{"title": 1'),
    "JSON list": ("application/json", b"[1, [2]]"),
    "JSON object": ("application/json", b'{"title": 1, "tags": [null], "photo": {"a": []}}'),
    "text": ("text/plain", b"title=a"),
    "bad type": ("\xff\x00/;;=", b"title=a"),
    "empty multipart": (MULTIPART_TYPE, b""),
    "no boundary": ("multipart/form-data", b"--x--"),
    "empty boundary": ("multipart/form-data; boundary=", b"----"),
    "long boundary": (f"multipart/form-data; boundary={'x' * 5000}", b"--" + b"x" * 5000),
    "boundary of bytes": ("multipart/form-data; boundary=\xff\xfe", b"--\xff\xfe--"),
    "other boundary": (MULTIPART_TYPE, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'),
    "mixed multipart": ("multipart/mixed; boundary=x", b"--x\r\n\r\na\r\n--x--"),
    "no part": (MULTIPART_TYPE, b"--%b--\r\n" % BOUNDARY),
    "no end": (MULTIPART_TYPE, b'--%b\r\nContent-Disposition: form-data; name="title"\r\n\r\na'),
    "no header": (MULTIPART_TYPE, b"--%b\r\n\r\na\r\n--%b--\r\n" % (BOUNDARY, BOUNDARY)),
    "no name": (
        MULTIPART_TYPE,
        b"--%b\r\nContent-Disposition: form-data\r\n\r\na\r\n--%b--\r\n" % (BOUNDARY, BOUNDARY),
    ),
    "header of bytes": (
        MULTIPART_TYPE,
        b"--%b\r\n\xff\xfe: \xff\r\nContent-Disposition\r\n\r\na\r\n--%b--\r\n"
        % (BOUNDARY, BOUNDARY),
    ),
    "extended names": (
        MULTIPART_TYPE,
        b"--%b\r\nContent-Disposition: form-data; name*=x''%%ff; filename*=UTF-8''%%ff%%00\r\n"
        b"Content-Type: text/plain; charset=none\r\n\r\na\r\n--%b--\r\n" % (BOUNDARY, BOUNDARY),
    ),
}
