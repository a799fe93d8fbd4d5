"""The .test format: cases of one file, read and written by record and run_tests.

    #### title
    script lines
    ## stdout: one line, with \\n \\t \\\\ and \\xHH escapes
    ## STDOUT:
    several lines
    ## END
    ## stderr: ...        (compared only when present)
    ## status: 1          (0 when absent)
    ## differs: reason    (nacre's own stdout follows as `## nacre: ...`)
"""
import dataclasses
import re


@dataclasses.dataclass
class Case:
    title: str
    line: int
    script: list = dataclasses.field(default_factory=list)
    stdout: bytes = b''
    stderr: bytes = None
    status: int = 0
    wants_stderr: bool = False
    differs: str = None
    nacre: bytes = None


def unescape(text):
    def one(m):
        c = m.group(1)
        return bytes([int(c[1:], 16)]) if c[:1] == b'x' else {b'n': b'\n', b't': b'\t', b'r': b'\r'}.get(c, c)
    return re.sub(rb'\\(x[0-9a-f]{2}|.)', one, text.encode())


def escape(data):
    out = []
    text = data.decode('utf-8', 'surrogateescape')
    for c in text:
        if c == '\n':
            out.append('\\n')
        elif c == '\t':
            out.append('\\t')
        elif c == '\\':
            out.append('\\\\')
        elif '\udc80' <= c <= '\udcff':
            out.append(f'\\x{ord(c) - 0xdc00:02x}')
        elif ord(c) < 32 or ord(c) == 127:
            out.append(f'\\x{ord(c):02x}')
        else:
            out.append(c)
    return ''.join(out)


def parse(path):
    """(header lines, cases) of a file."""
    header, cases, block = [], [], None
    for number, line in enumerate(open(path, encoding='utf-8').read().split('\n'), 1):
        if block is not None:
            if line == '## END':
                setattr(cases[-1], block[0], ('\n'.join(block[1]) + '\n').encode())
                block = None
            else:
                block[1].append(line)
            continue
        if line.startswith('#### '):
            cases.append(Case(line[5:], number))
            continue
        if not cases:
            header.append(line)
            continue
        case = cases[-1]
        m = re.match(r'## (stdout|stderr|status|differs|nacre): ?(.*)$', line)
        if line in ('## STDOUT:', '## STDERR:'):
            block = (line[3:9].lower(), [])
            case.wants_stderr = case.wants_stderr or block[0] == 'stderr'
        elif m and m.group(1) == 'status':
            case.status = int(m.group(2))
        elif m and m.group(1) == 'differs':
            case.differs = m.group(2)
        elif m:
            setattr(case, m.group(1), unescape(m.group(2)))
            case.wants_stderr = case.wants_stderr or m.group(1) == 'stderr'
        else:
            case.script.append(line)
    return header, cases


def _field(name, data):
    lines = data.decode('utf-8', 'surrogateescape').split('\n')
    plain = data.endswith(b'\n') and all(l.isprintable() and not l.startswith('##') for l in lines)
    if len(lines) > 2 and plain and '\udc80' not in data.decode('utf-8', 'surrogateescape'):
        return [f'## {name.upper()}:'] + lines[:-1] + ['## END']
    text = escape(data)
    if text.endswith(' '):  # a blank at the end of a line would not be seen
        text = text[:-1] + '\\x20'
    return [f'## {name}: {text}'.rstrip(' ')]


def write(path, header, cases):
    out = list(header)
    while out and out[-1] == '':
        out.pop()
    if out:
        out.append('')
    for case in cases:
        out.append('#### ' + case.title)
        script = list(case.script)
        while script and script[-1] == '':
            script.pop()
        out += script + _field('stdout', case.stdout)
        if case.wants_stderr:
            out += _field('stderr', case.stderr or b'')
        if case.status:
            out.append(f'## status: {case.status}')
        if case.differs is not None:
            out.append(f'## differs: {case.differs}')
            out += _field('nacre', case.nacre or b'')
        out.append('')
    with open(path, 'w', encoding='utf-8', errors='surrogateescape') as f:
        f.write('\n'.join(out))
