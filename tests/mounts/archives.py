"""Archives and patches whose members try to land outside."""
import io
import stat
import tarfile
import zipfile


def members(outside):
    """(name, kind, target or content), in this order: a link first, then what goes through it."""
    return [('escape', 'symlink', '../outside'), ('escape/created', 'file', 'x'), ('escape/secret', 'file', 'x'), ('escape/createddir', 'dir', ''),
            ('../outside/created', 'file', 'x'), ('sub/../../outside/created', 'file', 'x'), (outside + '/created', 'file', 'x'),
            ('stolen', 'link', '../outside/secret'), ('stolen2', 'link', 'escape/secret'), ('stolen3', 'link', outside + '/secret'),
            ('absescape', 'symlink', outside), ('absescape/created', 'file', 'x'), ('absescape/secret', 'symlink', 'sub'),
            ('rel', 'file', 'through rel'), ('dir/created', 'file', 'x'), ('dir', 'dir', ''), ('dir/made', 'dir', ''), ('dangling', 'file', 'x')]


def tar(outside):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=tarfile.GNU_FORMAT) as t:
        for name, kind, text in members(outside):
            m = tarfile.TarInfo(name)
            m.mode = 0o777 if kind == 'dir' else 0o666
            m.type = {'symlink': tarfile.SYMTYPE, 'link': tarfile.LNKTYPE, 'dir': tarfile.DIRTYPE, 'file': tarfile.REGTYPE}[kind]
            if kind in ('symlink', 'link'):
                m.linkname = text
            data = text.encode() if kind == 'file' else b''
            m.size = len(data)
            t.addfile(m, io.BytesIO(data))
    return out.getvalue()


def zip_(outside):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        for name, kind, text in members(outside):
            if kind == 'link':
                continue
            m = zipfile.ZipInfo(name + ('/' if kind == 'dir' else ''))
            m.create_system = 3
            m.external_attr = ({'symlink': stat.S_IFLNK, 'file': stat.S_IFREG, 'dir': stat.S_IFDIR}[kind] | 0o777) << 16
            z.writestr(m, text)
    return out.getvalue()


def cpio(outside):
    def pad(b):
        return b + b'\0' * (-len(b) % 4)
    out = b''
    for i, (name, kind, text) in enumerate(members(outside) + [('TRAILER!!!', 'file', '')], 1):
        mode = {'symlink': stat.S_IFLNK, 'file': stat.S_IFREG, 'link': stat.S_IFREG, 'dir': stat.S_IFDIR}[kind] | 0o777
        data = b'' if kind in ('dir', 'link') else text.encode()
        fields = [i, mode, 0, 0, 1, 1_500_000_000, len(data), 0, 0, 0, 0, len(name.encode()) + 1, 0]
        out += pad(b'070701' + b''.join(b'%08x' % f for f in fields) + name.encode() + b'\0') + pad(data)
    return out


def patch(outside):
    out = ''
    for name in ('rel', 'dir/secret', '../outside/secret', outside + '/secret', 'escape/secret', 'abs', 'dangling'):
        out += f'--- {name}\n+++ {name}\n@@ -0,0 +1 @@\n+patched\n'
        out += f'diff --git a/{name} b/{name}\nold mode 100644\nnew mode 100755\n'
        out += f'diff --git a/plain b/{name}\nsimilarity index 100%\nrename from plain\nrename to {name}\n'
    out += 'diff --git a/esc2 b/esc2\nnew file mode 120000\n--- /dev/null\n+++ b/esc2\n@@ -0,0 +1 @@\n+../outside\n\\ No newline at end of file\n'
    out += '--- /dev/null\n+++ b/esc2/created\n@@ -0,0 +1 @@\n+x\n'
    return out.encode()


def write(tree, outside):
    for name, data in (('evil.tar', tar(outside)), ('evil.zip', zip_(outside)), ('evil.cpio', cpio(outside)), ('evil.patch', patch(outside))):
        with open(f'{tree}/{name}', 'wb') as f:
            f.write(data)
