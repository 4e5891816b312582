"""The document standard QCVN 102:2016 on the wire: tolerant when it reads, strict when it writes."""
