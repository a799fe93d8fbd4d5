/// cpio - copy files to and from archives.
/// Source: GNU cpio 2.13 manual.
/// Differs: no remote archives and tapes (--rsh-command; -M never has an end of a volume to tell);
/// directories get their times after what is in them.
#include "commands/cpio/cpio.h"

#include "commands/args.h"
#include "commands/command.h"
#include "commands/member_name.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: cpio -o [OPTION...] < name-list > archive\n"
    "       cpio -i [OPTION...] [PATTERN...] < archive\n"
    "       cpio -p [OPTION...] DIRECTORY < name-list\n\n"
    "  -o, --create              make an archive of the files named on standard input\n  -i, --extract             extract files from an archive\n"
    "  -p, --pass-through        copy the files named on standard input into DIRECTORY\n  -t, --list                list the archive\n\n"
    "  -0, --null                names end in NUL, not newline\n  -A, --append              append to an archive (with -F)\n  -a, --reset-access-time   reset "
    "access times after reading\n"
    "  -B                        blocks of 5120 bytes\n  -C, --io-size=N, --block-size=N  blocks of N bytes, of N times 512\n  -c                        "
    "format odc\n"
    "  -D, --directory=DIR       change to DIR\n  -d, --make-directories    make directories where needed\n  -E, --pattern-file=FILE   patterns from FILE\n"
    "  -F, --file=FILE           the archive (also -I, -O)\n  -f, --nonmatching         only what matches no pattern\n  -H, --format=FORMAT       bin, odc, "
    "newc, crc, ustar, tar\n"
    "  -L, --dereference         what symbolic links point to\n  -l, --link                link files instead of copying\n  -m, --preserve-modification-time\n"
    "  -n, --numeric-uid-gid     numbers in listings\n  -R, --owner=USER[:GROUP]  set the owner\n  -u, --unconditional       replace what is newer\n"
    "  -b, --swap                -s and -S\n  -s, --swap-bytes          swap the bytes of each halfword\n"
    "  -S, --swap-halfwords      swap the halfwords of each word\n  -r, --rename              ask for new names\n"
    "  -M, --message=STRING      what to print at the end of a volume\n"
    "  -W, --warning=FLAG        none, truncate (of numbers of inodes), no-truncate, all\n"
    "  -V, --dot                 a dot for each file\n  -v, --verbose             the name of each file\n"
    "      --no-absolute-filenames  extract below the current directory\n      --absolute-filenames  names as they are\n      --only-verify-crc     check the "
    "sums of a crc archive\n"
    "      --to-stdout           contents to standard output\n      --quiet               no number of blocks\n      --reproducible        --ignore-devno and "
    "--renumber-inodes\n"
    "      --help  --version\n";

int cpio_main(Process& p) {
  CpioOptions o;
  if (auto status = read_cpio_options(p, kUsage, o)) return *status;
  return Cpio(p, o).run();
}

}  // namespace

int Cpio::run() {
  switch (o_.mode) {
    case CpioOptions::Out: copy_out(); break;
    case CpioOptions::In: copy_in(); break;
    default: pass(); break;
  }
  return status_;
}

void Cpio::tell(const std::string& name) {
  if (o_.verbose) say(name);
  if (o_.dots) {
    write_error(p_, ".");
  }
}

void Cpio::count_blocks(uint64_t bytes) {
  if (o_.dots) write_error(p_, "\n");
  if (o_.quiet) return;
  uint64_t blocks = (bytes + o_.block - 1) / o_.block;
  say(std::to_string(blocks) + (blocks == 1 ? " block" : " blocks"));
}

// Without a / or ../ at its front; says once what was cut.
std::string Cpio::safe_name(const std::string& name) {
  size_t cut = unsafe_prefix(name);
  if (cut == 0) return name;
  std::string prefix = name.substr(0, cut);
  if (!std::exchange(told_[prefix], true)) say(std::string(p_.called()) + ": Removing leading `" + prefix + "' from member names");
  return cut == name.size() ? "." : name.substr(cut);
}

Command cpio_command() { return {{"cpio"}, kUsage, cpio_main}; }

}  // namespace nacre
