"""Reading the parts that cameras seal, and writing what browsers and players take. Pure: bytes in, bytes out.

A part is a CMAF file of one track and one fragment (``ftyp moov moof mdat``, ISO/IEC 14496-12 and 23000-19).
Nothing here decodes or encodes: samples are copied as they are.
"""
