/// zdiff, zcmp, and with bz and xz before their names - compare compressed files.
/// Source: zdiff(1) of gzip 1.12, bzdiff(1) of bzip2 1.0.8, xzdiff(1) of XZ Utils 5.4, checked
/// against the tools.
/// Differs: messages about files do not tell the line of a script they come from; bzdiff too
/// compares two compressed files by pipes; help text is in our own words.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: zdiff [OPTION]... FILE1 [FILE2]\n"
    "Compare files that may be compressed, by diff (zcmp: by cmp): FILE1 to FILE2, or to FILE1 without\n"
    "the end of its name (bzdiff, bzcmp: with bzip2; xzdiff, xzcmp: with xz and, by their names, the others).\n\n"
    "OPTIONs are those of diff or cmp.\n\n"
    "      --help      display this help and exit\n"
    "      --version   output version information and exit\n";

enum class Family : uint8_t { Gzip, Bzip2, Xz };

/// What the name of a compressed file ends in.
struct Suffix {
  std::string_view end;
  const char* program;
};
constexpr Suffix kGzip[] = {{".gz", "gzip"}, {"-gz", "gzip"}, {".z", "gzip"},   {"-z", "gzip"},
                            {".Z", "gzip"},  {"-Z", "gzip"},  {".tgz", "gzip"}, {".taz", "gzip"}};
constexpr Suffix kBzip2[] = {{".bz2", "bzip2"}, {"-bz2", "bzip2"}, {".tbz", "bzip2"}, {".tbz2", "bzip2"}};
constexpr Suffix kXz[] = {{".xz", "xz"},  {"-xz", "xz"},  {".lzma", "xz"},  {"-lzma", "xz"},  {".lz", "xz"},    {"-lz", "xz"},
                          {".txz", "xz"}, {".tlz", "xz"}, {".zst", "zstd"}, {"-zst", "zstd"}, {".tzst", "zstd"}};

class Comparer {
 public:
  explicit Comparer(Process& p) : p_(p) {
    std::string_view name = p.name();
    family_ = name.starts_with("bz") ? Family::Bzip2 : name.starts_with("xz") ? Family::Xz : Family::Gzip;
    argv_ = {name.ends_with("cmp") ? "cmp" : "diff"};
  }

  int run() {
    if (auto status = read_options()) return *status;
    if (files_.empty())
      return family_ == Family::Bzip2 ? bzip2_usage()
                                      : fail(family_ == Family::Xz ? "Invalid number of operands; try `" + name() + " --help' for help" : "missing operand");
    for (const auto& file : files_) {
      if (file == "-") continue;
      auto fd = p_.open(file, kOpenRead);
      if (!fd) return fail("cannot open " + file + ": " + std::string(fd.error() == Errno::NOENT ? "No such file" : message(fd.error())));
      (void)p_.close(*fd);
    }
    const Suffix* first = suffix_of(files_[0]);
    if (files_.size() == 1) {
      if (!first) return fail(files_[0] + ": unknown compressed file extension");
      std::string_view plain(files_[0]);
      plain.remove_suffix(first->end.size());
      return compare(files_[0], "-", std::string(plain));
    }
    const bool one = first || files_[0] == "-", other = suffix_of(files_[1]) || files_[1] == "-";
    if (one && other) return files_[0] == "-" && files_[1] == "-" ? compare("-", "-", "-") : compare_both();
    if (one) return compare(files_[0], "-", files_[1]);
    if (other) return compare(files_[1], files_[0], "-");
    return compare("", files_[0], files_[1]);
  }

 private:
  std::string name() const { return std::string(p_.name()); }
  int fail(const std::string& text) {
    const std::string& called = p_.argv()[0];   // as a script of /usr/bin names itself
    write_error(p_, (called.find('/') == called.npos ? "/usr/bin/" : "") + called + ": " + text + "\n");
    return 2;
  }
  int bzip2_usage() {
    Output out(p_);
    out.line("Usage: " + name() + " [" + argv_[0] + "_options] file [file]");
    return out.finish(1);
  }

  std::optional<int> read_options() {
    const auto& argv = p_.argv();
    bool ended = false;
    for (size_t i = 1; i < argv.size(); i++) {
      const std::string& a = argv[i];
      if (!ended && a == "--") {
        ended = true;
      } else if (!ended && a.starts_with("--h")) {
        Output out(p_);
        out.write(kUsage);
        return out.finish(0);
      } else if (!ended && a.starts_with("--v")) {
        return print_version(p_);
      } else if (!ended && a.size() > 1 && a[0] == '-') {
        argv_.push_back(a);
        const bool takes_word = a.size() == 2 && std::string_view("CDFISUWXx").find(a[1]) != std::string_view::npos;
        if (!takes_word) continue;
        if (i + 1 == argv.size()) return fail("option requires an argument -- " + a);
        argv_.push_back(argv[++i]);
      } else if (a.empty()) {
        return fail("empty file name");
      } else if (files_.size() == 2) {
        return fail("extra operand '" + a + "'");
      } else {
        files_.push_back(a);
      }
    }
    argv_.emplace_back("--");
    return std::nullopt;
  }

  /// How a name says what the file is compressed with; null: it is not.
  const Suffix* suffix_of(std::string_view file) const {
    auto among = [&](std::span<const Suffix> list) -> const Suffix* {
      for (const Suffix& s : list)
        if (file.ends_with(s.end) && file.size() > s.end.size()) return &s;
      return nullptr;
    };
    if (family_ == Family::Gzip) return among(kGzip);
    if (family_ == Family::Bzip2) return among(std::span(kBzip2).first(1));
    for (std::span<const Suffix> list : {std::span<const Suffix>(kXz), std::span<const Suffix>(kGzip), std::span<const Suffix>(kBzip2)})
      if (const Suffix* s = among(list)) return s;
    return nullptr;
  }

  /// Begins to unpack a file; its text comes from a descriptor, -1 after an error.
  int unpack(const std::string& file, std::vector<int>& pids, std::vector<int> close = {}) {
    const Suffix* s = suffix_of(file);
    const char* program = s ? s->program : family_ == Family::Gzip ? "gzip" : family_ == Family::Bzip2 ? "bzip2" : "xz";
    auto pipe = p_.pipe();
    if (!pipe) return -1;
    close.insert(close.end(), {pipe->read_end, pipe->write_end});
    auto pid = p_.spawn({program, "-cdfq", "--", file}, {.stdout_fd = pipe->write_end, .close_fds = close});
    (void)p_.close(pipe->write_end);
    if (pid) pids.push_back(*pid);
    return pipe->read_end;
  }

  int finish(Result<int> comparer, const std::vector<int>& pids) {
    auto done = comparer ? p_.wait(*comparer) : Result<std::optional<Waited>>(comparer.error());
    int status = done && *done ? (*done)->status.shell_status() : 2;
    for (int pid : pids) {
      auto unpacked = p_.wait(pid);
      // One that was still writing when the comparison ended has nothing to tell.
      int code = unpacked && *unpacked ? (*unpacked)->status.shell_status() : 2;
      if (code && code < 126 && family_ != Family::Bzip2) status = 2;
    }
    return status;
  }

  /// `packed`, if any, on standard input, which is - among the two that are compared.
  int compare(const std::string& packed, const std::string& first, const std::string& second) {
    std::vector<int> pids;
    std::vector<std::string> argv = argv_;
    argv.insert(argv.end(), {first, second});
    SpawnOptions options;
    if (!packed.empty()) {
      options.stdin_fd = unpack(packed, pids);
      options.close_fds = {options.stdin_fd};
    }
    auto pid = p_.spawn(argv, options);
    if (options.stdin_fd >= 0) (void)p_.close(options.stdin_fd);
    return finish(pid, pids);
  }

  int compare_both() {
    constexpr int kFirst = 5;   // the descriptor that zdiff's output shows
    std::vector<int> pids;
    int first = unpack(files_[0], pids);
    if (first != kFirst && first >= 0) {
      auto moved = p_.dup2(first, kFirst);
      (void)p_.close(first);
      if (!moved) return fail("cannot compare");
    }
    int second = unpack(files_[1], pids, {kFirst});
    std::vector<std::string> argv = argv_;
    argv.insert(argv.end(), {"/dev/fd/" + std::to_string(kFirst), "-"});
    auto pid = p_.spawn(argv, {.stdin_fd = second, .close_fds = {second}});
    (void)p_.close(kFirst);
    (void)p_.close(second);
    return finish(pid, pids);
  }

  Process& p_;
  Family family_ = Family::Gzip;
  std::vector<std::string> argv_, files_;
};

int zdiff_main(Process& p) { return Comparer(p).run(); }

}  // namespace

Command zdiff_command() { return {{"zdiff", "zcmp", "bzdiff", "bzcmp", "xzdiff", "xzcmp"}, kUsage, zdiff_main}; }

}  // namespace nacre
