/// The text of patch --help.
#pragma once

namespace nacre {

constexpr char kPatchUsage[] =
    "Usage: patch [OPTION]... [ORIGFILE [PATCHFILE]]\n"
    "Apply the differences in PATCHFILE (standard input) to files.\n\n"
    "Input:\n"
    "  -p NUM, --strip=NUM          strip NUM leading components from file names\n"
    "  -F LINES, --fuzz=LINES       leave out up to LINES (2) lines of context to match\n"
    "  -l, --ignore-whitespace      blanks match any blanks\n"
    "  -c, --context  -e, --ed  -n, --normal  -u, --unified  the type of the patch\n"
    "  -N, --forward                ignore patches that are reversed or already applied\n"
    "  -R, --reverse                the patch was made with old and new swapped\n"
    "  -i PATCHFILE, --input=PATCHFILE  read the patch from PATCHFILE\n\n"
    "Output:\n"
    "  -o FILE, --output=FILE       write the patched file to FILE\n"
    "  -r FILE, --reject-file=FILE  write rejects to FILE ('-': nowhere)\n"
    "      --reject-format=FORMAT   context or unified rejects\n"
    "  -D NAME, --ifdef=NAME        write changes as '#ifdef NAME'\n"
    "  -E, --remove-empty-files     remove files that become empty\n"
    "  -Z, --set-utc; -T, --set-time  set times from the patch, as UTC or local time\n\n"
    "Backups:\n"
    "  -b, --backup                 back up every file\n"
    "      --backup-if-mismatch, --no-backup-if-mismatch  where the patch did not match exactly\n"
    "  -V STYLE, --version-control=STYLE  simple, numbered or existing\n"
    "  -B PREFIX, --prefix=PREFIX   put PREFIX before names of backups\n"
    "  -Y PREFIX, --basename-prefix=PREFIX  put PREFIX before their last component\n"
    "  -z SUFFIX, --suffix=SUFFIX   put SUFFIX behind them (.orig)\n\n"
    "Other:\n"
    "  -t, --batch                  ask nothing; skip bad names, assume reversed patches\n"
    "  -f, --force                  ask nothing; assume that all is right\n"
    "  -s, --quiet, --silent        say only what is wrong\n"
    "      --verbose                say more\n"
    "      --merge[=merge|diff3]    put what conflicts between markers into the file, no rejects\n"
    "      --dry-run                say what would happen, but change nothing\n"
    "      --posix                  as POSIX has it\n"
    "  -d DIR, --directory=DIR      change to DIR first\n"
    "      --binary                 keep carriage returns of the patch\n"
    "      --read-only=BEHAVIOR     'ignore', 'warn' about or 'fail' at read-only files\n"
    "      --follow-symlinks        patch what symbolic links point to\n"
    "      --help                   display this help and exit\n"
    "  -v, --version                output version information and exit\n\n"
    "Exit status is 0 if all hunks are applied, 1 if some are not, 2 if there is trouble.\n";

}  // namespace nacre
