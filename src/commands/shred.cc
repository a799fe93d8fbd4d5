/// shred - overwrite files to hide what they held.
/// Source: GNU coreutils 9.1 manual, "shred invocation".
/// Differs: snapshots of the sandbox keep what was there before, whatever is written now.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: shred [OPTION]... FILE...\n"
    "Overwrite the specified FILE(s) repeatedly, to make it harder to recover the data.\n\n"
    "If FILE is -, shred standard output.\n\n"
    "  -f, --force            change permissions to allow writing if necessary\n"
    "  -n, --iterations=N     overwrite N times instead of the default (3)\n"
    "      --random-source=FILE  get random bytes from FILE\n"
    "  -s, --size=N           shred this many bytes (suffixes like K, M, G accepted)\n"
    "  -u                     deallocate and remove file after overwriting\n"
    "      --remove[=HOW]     like -u but give control on HOW to delete: unlink, wipe, wipesync\n"
    "  -v, --verbose          show progress\n"
    "  -x, --exact            do not round file sizes up to the next full block\n"
    "  -z, --zero             add a final overwrite with zeros to hide shredding\n"
    "      --help             display this help and exit\n      --version          output version information and exit\n";

struct Options {
  bool force = false, verbose = false, exact = false, zero = false;
  uint64_t passes = 3;
  std::optional<uint64_t> size;
  enum { Keep, Unlink, Wipe, WipeSync } removal = Keep;
  std::optional<std::string> source;
};
using O = Options;

constexpr Flag<O> kFlags[] = {
    {'f', "force", &O::force},
    {'n', "iterations",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       auto n = parse_int(v);
       if (!n || *n < 0) {
         p.warn("invalid number of passes: %s", quote(p, v).c_str());
         return 1;
       }
       o.passes = static_cast<uint64_t>(*n);
       return std::nullopt;
     }},
    {0, "random-source", &O::source},
    {'s', "size",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       auto n = v.empty() || v[0] < '0' || v[0] > '9' ? std::nullopt : parse_size(v, "cbBkKMGTPEZY0");
       if (!n) {
         p.warn("invalid file size: %s", quote(p, v).c_str());
         return 1;
       }
       o.size = *n;
       return std::nullopt;
     }},
    {'u', "", +[](O& o) { o.removal = O::Wipe; }},
    {'v', "verbose", &O::verbose},
    {'x', "exact", &O::exact},
    {'z', "zero", &O::zero},
};

class Shred {
 public:
  Shred(Process& p, const O& o, Input* random) : p_(p), o_(o), random_(random) {}

  bool file(const std::string& name) {
    bool standard = name == "-";
    auto fd = standard ? Result<int>(1) : p_.open(name, kOpenWrite);
    if (!fd && !standard && o_.force && fd.error() == Errno::ACCES && p_.chmod(name, 0200)) fd = p_.open(name, kOpenWrite);
    if (!fd) {
      p_.warn(fd.error(), "%s: failed to open for writing", quote_name(p_, name).c_str());
      return false;
    }
    bool good = overwrite(*fd, name);
    if (!standard) (void)p_.close(*fd);
    return good && (standard || o_.removal == O::Keep || remove(name));
  }

 private:
  bool overwrite(int fd, const std::string& name) {
    auto st = p_.fstat(fd);
    if (!st || !st->is_regular()) {
      p_.warn("%s: invalid file type", quote_name(p_, name).c_str());
      return false;
    }
    uint64_t size = o_.size.value_or(st->size);
    if (!o_.exact && !o_.size) size = (size + 4095) / 4096 * 4096;
    uint64_t passes = o_.passes + o_.zero;
    for (uint64_t k = 1; k <= passes; k++) {
      bool zeros = o_.zero && k == passes;
      if (o_.verbose)
        p_.warn("%s: pass %llu/%llu (%s)...", quote_name(p_, name).c_str(), static_cast<unsigned long long>(k), static_cast<unsigned long long>(passes),
                zeros ? "000000" : "random");
      if (!pass(fd, name, size, zeros)) return false;
    }
    if (o_.removal != O::Keep) (void)p_.ftruncate(fd, 0);
    return true;
  }

  bool pass(int fd, const std::string& name, uint64_t size, bool zeros) {
    (void)p_.lseek(fd, 0, Whence::Set);
    std::string block(static_cast<size_t>(std::min<uint64_t>(size, Input::kBlock)), 0);
    for (uint64_t left = size; left > 0;) {
      size_t n = static_cast<size_t>(std::min<uint64_t>(left, block.size()));
      if (!zeros) fill(block, n);
      if (auto done = p_.write(fd, std::string_view(block).substr(0, n)); !done) {
        p_.warn(done.error(), "%s: error writing at offset %llu", quote_name(p_, name).c_str(), static_cast<unsigned long long>(size - left));
        return false;
      }
      left -= n;
      p_.tick(64);
    }
    return true;
  }

  void fill(std::string& block, size_t n) {
    for (size_t i = 0; i < n; i++) {
      if (random_) {
        std::string_view b = random_->block();
        if (b.empty()) {
          p_.warn("%s: end of file", quote_file(p_, *o_.source).c_str());
          p_.exit(1);
        }
        block[i] = b[0];
        random_->consume(1);
      } else {
        if (i % 8 == 0) bits_ = p_.random();
        block[i] = static_cast<char>(bits_ >> (i % 8 * 8));
      }
    }
  }

  // Renamed to shorter and shorter names of zeros before it goes.
  bool remove(const std::string& name) {
    std::string at = name;
    if (o_.verbose) p_.warn("%s: removing", quote_name(p_, name).c_str());
    if (o_.removal == O::Wipe) {
      for (size_t n = base_name(name).size(); n > 0; n--) {
        std::string next = join_path(dir_name(name), std::string(n, '0'));
        if (dir_name(name) == "." && name.find('/') == std::string::npos) next = std::string(n, '0');
        if (p_.lstat(next) || !p_.rename(at, next)) continue;
        if (o_.verbose) p_.warn("%s: renamed to %s", quote_name(p_, at).c_str(), next.c_str());
        at = next;
      }
    }
    auto done = p_.unlink(at);
    if (!done) {
      p_.warn(done.error(), "%s: failed to remove", quote_name(p_, at).c_str());
      return false;
    }
    if (o_.verbose) p_.warn("%s: removed", quote_name(p_, name).c_str());
    return true;
  }

  Process& p_;
  const O& o_;
  Input* random_;
  uint64_t bits_ = 0;
};

// --remove[=HOW] has a value that can be wrong, and may be missing: it is read here.
std::optional<int> take_removal(Process& p, std::vector<std::string>& argv, O& o) {
  for (size_t i = 1; i < argv.size() && argv[i] != "--";) {
    std::string_view a = argv[i];
    if (a != "--remove" && !a.starts_with("--remove=")) {
      i++;
      continue;
    }
    constexpr Choice kHow[] = {{"unlink", O::Unlink}, {"wipe", O::Wipe}, {"wipesync", O::WipeSync}};
    std::optional<int> how = O::Wipe;
    if (a != "--remove") how = choose(p, "--remove", a.substr(9), kHow);
    if (!how) return try_help(p);
    o.removal = *how == O::Unlink ? O::Unlink : O::Wipe;
    argv.erase(argv.begin() + static_cast<long>(i));
  }
  return std::nullopt;
}

int shred_main(Process& p) {
  O o;
  std::vector<std::string> files, argv = p.argv();
  if (auto status = take_removal(p, argv, o)) return *status;
  if (auto status = parse_argv(p, kUsage, kFlags, o, argv, files)) return *status;
  if (files.empty()) {
    p.warn("missing file operand");
    return try_help(p);
  }
  std::unique_ptr<Input> random;
  if (o.source) {
    random = open_input(p, *o.source);
    if (!random) return 1;
  }
  Shred run(p, o, random.get());
  int status = 0;
  for (const auto& f : files)
    if (!run.file(f)) status = 1;
  return status;
}

}  // namespace

Command shred_command() { return {{"shred"}, kUsage, shred_main}; }

}  // namespace nacre
