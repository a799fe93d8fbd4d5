/// The text of `ls --help`.
#pragma once

namespace nacre::ls {

inline constexpr char kUsage[] =
    "Usage: ls [OPTION]... [FILE]...\n"
    "List information about the FILEs (the current directory by default), sorted by name.\n\n"
    "  -a, --all, -A, --almost-all   do not ignore entries starting with . (-A: but . and ..)\n"
    "      --author, -g, -G, --no-group, -o, -n, --numeric-uid-gid, -l   long listings\n"
    "  -b, --escape, -N, --literal, -q, --hide-control-chars, --show-control-chars, -Q, --quote-name,\n"
    "      --quoting-style=WORD      how names are written (default: $QUOTING_STYLE)\n"
    "  -B, --ignore-backups, -I, --ignore=PATTERN, --hide=PATTERN\n"
    "  -c, -u, --time=WORD, --time-style=STYLE, --full-time   which time, and how (default: $TIME_STYLE)\n"
    "  -C, -x, -m, -1, --format=WORD, -w, --width=COLS, -T, --tabsize=COLS, --zero   layout\n"
    "      --color[=WHEN], --hyperlink[=WHEN], -F, --classify[=WHEN], --file-type, -p,\n"
    "      --indicator-style=WORD    colors ($LS_COLORS), links and marks\n"
    "  -d, --directory, -R, --recursive, -H, -L, --dereference, --dereference-command-line,\n"
    "      --dereference-command-line-symlink-to-dir\n"
    "  -D, --dired   with -l, positions of the names for Emacs\n"
    "  -h, --human-readable, --si, -k, --kibibytes, -s, --size, --block-size=SIZE, -i, --inode\n"
    "  -f, -r, --reverse, -S, -t, -U, -v, -X, --sort=WORD, --group-directories-first   order\n"
    "  -Z, --context   security contexts: there are none\n"
    "      --help, --version\n";

}  // namespace nacre::ls
