/// tar - archives of files.
/// Source: GNU tar 1.34 manual; POSIX XCU pax (formats).
/// Differs: no multi-volume archives; incremental dumps are not appended (-r, -u), and put renames in an order
/// that can be followed where GNU's cannot, --checkpoint counts
/// the records that a seek passes over too; holes are found by their zeros (--hole-detection=raw).
#include "commands/tar/tar.h"

#include "commands/args.h"
#include "commands/command.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: tar [OPTION...] [FILE]...\n"
    "Save many files in one archive, and restore them from it.\n\n"
    "  -A, --catenate          append archives to an archive\n  -c, --create            create an archive\n  -d, --diff              compare an archive with "
    "files\n"
    "      --delete            delete members\n  -r, --append            append files\n  -t, --list              list members\n  -u, --update            "
    "append files newer than their copy\n"
    "  -x, --extract           extract files\n      --test-label        tell the label\n\n"
    "  -f, --file=ARCHIVE      the archive; - and the default: standard input or output\n  -C, --directory=DIR     change to DIR (for the names that follow)\n"
    "  -v, --verbose           list files; twice: with what is known of them\n"
    "  -z, -j, -J, --zstd, --lzma, -I PROG   through gzip, bzip2, xz, zstd, lzma, PROG\n  -a, --auto-compress     by the archive's suffix\n\n"
    "Creation:\n"
    "  -h, --dereference       what symbolic links point to\n      --hard-dereference  no hard links\n  -T, --files-from=FILE   names from FILE (--null, "
    "--verbatim-files-from, --add-file)\n"
    "  -H, --format=FORMAT     gnu, pax (posix), ustar, v7, oldgnu   (--pax-option=LIST)\n"
    "      --owner, --group=NAME[:ID]  --mode=MODE  --mtime=DATE-OR-FILE  --clamp-mtime  --sort=name|none  --numeric-owner\n"
    "      --one-file-system  --no-recursion  --remove-files  --ignore-failed-read  -N, --newer=DATE  --newer-mtime=DATE\n"
    "  -S, --sparse            holes are not stored\n"
    "  -W, --verify  -l, --check-links  -V, --label=TEXT  -b, --blocking-factor=N  --record-size=N  --totals\n"
    "      --exclude=PATTERN  -X, --exclude-from=FILE  --exclude-vcs  --exclude-backups  --exclude-caches[-under|-all]  --exclude-tag[-under|-all]=FILE\n"
    "      --exclude-ignore[-recursive]=FILE  --exclude-vcs-ignores\n\n"
    "  -g, --listed-incremental=FILE  -G, --incremental  --level=N  --no-check-device   only what changed since the last dump; extraction deletes what was "
    "deleted\n\n"
    "Extraction:\n"
    "  -k, --keep-old-files  --skip-old-files  --keep-newer-files  --overwrite  -U, --unlink-first  --recursive-unlink\n"
    "      --no-overwrite-dir  --keep-directory-symlink  --one-top-level[=DIR]\n"
    "  -p, --preserve-permissions  --same-owner  --no-same-owner (-o)  -m, --touch  -O, --to-stdout\n"
    "      --strip-components=N  --transform=s/RE/TEXT/FLAGS  --show-transformed-names\n"
    "      --backup[=CONTROL]  --suffix=SUFFIX  --to-command=COMMAND  --ignore-command-error  -K, --starting-file=MEMBER\n  -P, --absolute-names    names as "
    "they are\n\n"
    "Matching:\n"
    "      --anchored  --ignore-case  --wildcards  --wildcards-match-slash  (each with --no-)  --occurrence[=N]  -i, --ignore-zeros\n\n"
    "  -R, --block-number  --index-file=FILE  --quoting-style=STYLE  --checkpoint[=N]  --checkpoint-action=ACTION\n"
    "  -w, --interactive  --owner-map=FILE  --group-map=FILE  --no-unquote  --quote-chars=TEXT  --atime-preserve  --hole-detection=TYPE\n"
    "      --show-omitted-dirs\n"
    "      --full-time  --utc  --warning=[no-]KEYWORD  --help  --version\n";

void test_label(Tar& tar) {
  TarInput in(tar);
  TarReader reader(tar, in);
  TarEntry e;
  bool has = reader.next(e) && e.type == 'V';
  if (!has) tar.status = tar.o.names.empty() ? tar.status : 1;
  else if (tar.o.names.empty()) tar.say(e.name);
  else {
    tar.status = 1;
    for (const auto& n : tar.o.names)
      if (n.text == e.name) tar.status = 0;
  }
  in.finish();
}

int tar_main(Process& p) {
  TarOptions o;
  if (auto status = read_tar_options(p, kUsage, o)) return *status;
  Tar tar(p, o);
  if (!tar.set_transforms()) return 2;
  switch (o.operation) {
    case TarOperation::List: tar_list(tar); break;
    case TarOperation::Extract: tar_extract(tar); break;
    case TarOperation::Diff: tar_diff(tar); break;
    case TarOperation::Delete: tar_delete(tar); break;
    case TarOperation::Concatenate: tar_concatenate(tar); break;
    case TarOperation::TestLabel: test_label(tar); break;
    default: tar_create(tar); break;
  }
  return tar.finish();
}

}  // namespace

Command tar_command() { return {{"tar"}, kUsage, tar_main}; }

}  // namespace nacre
