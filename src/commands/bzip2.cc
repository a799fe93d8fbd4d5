/// bzip2, bunzip2, bzcat - block-sorting compression of files.
/// Source: bzip2 1.0.8 manual; its messages.
/// Differs: -vv tells no more than -v.
#include "algo/bzip2.h"

#include <algorithm>
#include <cstdarg>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/pump.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: bzip2 [OPTION]... [FILE]...\n"
    "Compress FILEs in place, or expand them (bunzip2, bzcat).\n\n"
    "With no FILE, work from standard input to standard output.\n\n"
    "  -h --help           print this message\n"
    "  -d --decompress     expand\n"
    "  -z --compress       compress, whatever the name of the program\n"
    "  -k --keep           keep the input files\n"
    "  -f --force          overwrite files; with -dc, copy what is not compressed\n"
    "  -t --test           test whether files are sound\n"
    "  -c --stdout         write to standard output\n"
    "  -q --quiet          no messages that are not errors\n"
    "  -v --verbose        tell about each file\n"
    "  -L --license        the version, on standard error\n"
    "  -V --version        the version\n"
    "  -s --small          take less memory\n"
    "  -1 .. -9            blocks of 100 kB to 900 kB (--fast, --best)\n";

constexpr char kRecover[] = "\nYou can use the `bzip2recover' program to attempt to recover\ndata from undamaged sections of corrupted files.\n\n";

struct Options {
  enum Mode : uint8_t { Compress, Expand, Test } mode = Compress;
  bool to_stdout = false, force = false, keep = false, small = false, quiet = false, verbose = false;
  int level = 9;
};

class Bzip2Command {
 public:
  explicit Bzip2Command(Process& p) : p_(p), program_(p.name()) {
    if (program_.find("unzip") != program_.npos) o_.mode = Options::Expand;
    if (program_.find("z2cat") != program_.npos || program_.find("zcat") != program_.npos) {
      o_.mode = Options::Expand;
      o_.to_stdout = true;
    }
  }

  int run() {
    std::vector<std::string> files;
    if (auto status = options(files)) return *status;
    if (o_.mode == Options::Compress && o_.small && o_.level > 2) o_.level = 2;
    if (o_.mode == Options::Test && o_.to_stdout && !files.empty()) {
      say("%s: -c and -t cannot be used together.\n", program_.c_str());
      return 1;
    }
    from_stdin_ = files.empty();
    if (from_stdin_) files = {"(stdin)"};
    for (const auto& f : files) longest_ = std::max(longest_, f.size());
    count_ = from_stdin_ ? 0 : files.size();
    for (const auto& f : files) {
      done_++;
      if (o_.mode == Options::Compress) compress(f);
      else if (o_.mode == Options::Expand) expand(f);
      else test(f);
    }
    if (o_.mode == Options::Test && failed_ && !o_.quiet) say("%s", kRecover);
    return failed_ ? std::max(status_, 2) : status_;
  }

 private:
  void say(const char* format, ...) __attribute__((format(printf, 2, 3))) {
    char text[8192];
    va_list args;
    va_start(args, format);
    int n = std::vsnprintf(text, sizeof text, format, args);
    va_end(args);
    write_error(p_, {text, static_cast<size_t>(std::clamp(n, 0, static_cast<int>(sizeof text) - 1))});
  }
  void refuse() { status_ = std::max(status_, 1); }

  // ---- options
  std::optional<int> options(std::vector<std::string>& files) {
    std::vector<std::string> words;
    for (const char* name : {"BZIP2", "BZIP"}) {
      const char* text = p_.getenv(name);
      std::string_view rest = text ? text : "";
      while (true) {
        size_t from = rest.find_first_not_of(" \t\n");
        if (from == rest.npos) break;
        rest.remove_prefix(from);
        size_t end = std::min(rest.find_first_of(" \t\n"), rest.size());
        words.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end);
      }
    }
    words.insert(words.end(), p_.argv().begin() + 1, p_.argv().end());
    bool only_files = false;
    for (const auto& w : words) {
      if (only_files || w.size() < 2 || w[0] != '-') files.push_back(w);
      else if (w == "--") only_files = true;
      else if (auto status = w[1] == '-' ? long_option(w) : short_options(w)) return status;
    }
    return std::nullopt;
  }
  std::optional<int> short_options(const std::string& word) {
    for (char c : word.substr(1)) {
      switch (c) {
        case 'c': o_.to_stdout = true; break;
        case 'd': o_.mode = Options::Expand; break;
        case 'z': o_.mode = Options::Compress; break;
        case 'f': o_.force = true; break;
        case 't': o_.mode = Options::Test; break;
        case 'k': o_.keep = true; break;
        case 's': o_.small = true; break;
        case 'q': o_.quiet = true; break;
        case 'v': o_.verbose = true; break;
        case 'V':
        case 'L': return print_version(p_, 2);   // where bzip2 says it, too
        case 'h': return usage(0);
        default:
          if (c < '1' || c > '9') return bad_flag(word);
          o_.level = c - '0';
      }
    }
    return std::nullopt;
  }
  std::optional<int> long_option(const std::string& w) {
    static const struct {
      std::string_view name;
      char letter;
    } names[] = {{"--stdout", 'c'}, {"--decompress", 'd'}, {"--compress", 'z'}, {"--force", 'f'},   {"--test", 't'},          {"--keep", 'k'},
                 {"--small", 's'},  {"--quiet", 'q'},      {"--version", 'V'},  {"--license", 'V'}, {"--repetitive-best", 0}, {"--repetitive-fast", 0},
                 {"--fast", '1'},   {"--best", '9'},       {"--verbose", 'v'},  {"--help", 'h'}};
    for (const auto& n : names) {
      if (n.name != w) continue;
      if (n.letter) return short_options(std::string("-") + n.letter);
      say("%s: %s is redundant in versions 0.9.5 and above\n", program_.c_str(), w.c_str());
      return std::nullopt;
    }
    return bad_flag(w);
  }
  int bad_flag(const std::string& w) {
    say("%s: Bad flag `%s'\n", program_.c_str(), w.c_str());
    return usage(1);
  }
  int usage(int status) {
    (void)p_.write(status ? 2 : 1, kUsage);
    return status;
  }

  // ---- names
  struct Suffix {
    std::string_view packed, plain;
  };
  static constexpr Suffix kSuffixes[] = {{".bz2", ""}, {".bz", ""}, {".tbz2", ".tar"}, {".tbz", ".tar"}};

  // What both directions ask of their input and output. False after a message.
  bool check(const std::string& in, const std::string& out, bool guess_failed, Stat& st) {
    if (from_stdin_) return true;
    auto found = p_.stat(in);
    st = found ? *found : Stat();
    if (st.is_dir()) {
      say("%s: Input file %s is a directory.\n", program_.c_str(), in.c_str());
      refuse();
      return false;
    }
    if (o_.to_stdout) return true;
    auto own = p_.lstat(in);
    if (!o_.force && !(own && own->is_regular())) {
      if (!o_.quiet) say("%s: Input file %s is not a normal file.\n", program_.c_str(), in.c_str());
      refuse();
      return false;
    }
    if (guess_failed && !o_.quiet) say("%s: Can't guess original name for %s -- using %s\n", program_.c_str(), in.c_str(), out.c_str());
    if (p_.stat(out)) {
      if (!o_.force) {
        say("%s: Output file %s already exists.\n", program_.c_str(), out.c_str());
        refuse();
        return false;
      }
      (void)p_.unlink(out);
    }
    if (!o_.force && st.nlink > 1) {
      say("%s: Input file %s has %llu other link%s.\n", program_.c_str(), in.c_str(), static_cast<unsigned long long>(st.nlink - 1), st.nlink > 2 ? "s" : "");
      refuse();
      return false;
    }
    return true;
  }

  // Opens input and output. Null after a message.
  std::unique_ptr<Input> open(const std::string& in) {
    if (from_stdin_) {
      bool packs = o_.mode == Options::Compress;
      if (o_.mode != Options::Test && p_.isatty(packs ? 1 : 0)) {
        say("%s: I won't %s compressed data %s a terminal.\n%s: For help, type: `%s --help'.\n", program_.c_str(), packs ? "write" : "read",
            packs ? "to" : "from", program_.c_str(), program_.c_str());
        refuse();
        return nullptr;
      }
      return std::make_unique<Input>(p_, 0, in, false);
    }
    auto fd = p_.open(in, kOpenRead);
    if (!fd) {
      cannot_open(in, fd.error());
      return nullptr;
    }
    auto input = std::make_unique<Input>(p_, *fd, in);
    if (o_.to_stdout || o_.mode == Options::Test) return input;
    file_.emplace(p_, out_name_);
    if (Errno e = file_->create(); e != Errno::OK) {
      say("%s: Can't create output file %s: %s.\n", program_.c_str(), out_name_.c_str(), std::string(message(e)).c_str());
      refuse();
      file_.reset();
      return nullptr;
    }
    return input;
  }
  void cannot_open(const std::string& in, Errno e) {
    say("%s: Can't open input%s %s: %s.\n", program_.c_str(), o_.mode == Options::Test ? "" : " file", in.c_str(), std::string(message(e)).c_str());
    refuse();
  }
  bool exists(const std::string& in) {
    if (from_stdin_) return true;
    auto st = p_.stat(in);
    if (!st) cannot_open(in, st.error());
    return st.ok();
  }
  void announce(const std::string& in) {
    if (o_.verbose) say("  %s: %s", in.c_str(), std::string(longest_ - std::min(longest_, in.size()), ' ').c_str());
  }
  void close(const std::string& in, const Stat& st) {
    if (!file_) return;
    file_->keep(st);
    file_.reset();
    if (!o_.keep) (void)p_.unlink(in);
  }

  bool put(std::string_view bytes) {
    if (o_.mode == Options::Test) return true;
    if (file_) {
      if (file_->write(bytes)) return true;
      io_error(file_->error());
    }
    auto done = p_.write(1, bytes);
    if (!done) io_error(done.error());
    return true;
  }

  // ---- the three operations
  void compress(const std::string& in) {
    out_name_ = from_stdin_ || o_.to_stdout ? "(stdout)" : in + ".bz2";
    in_name_ = in;
    if (!exists(in)) return;
    for (const auto& s : kSuffixes) {
      if (from_stdin_ || !in.ends_with(s.packed)) continue;
      if (!o_.quiet) say("%s: Input file %s already has %s suffix.\n", program_.c_str(), in.c_str(), std::string(s.packed).c_str());
      return refuse();
    }
    Stat st;
    if (!check(in, out_name_, false, st)) return;
    auto input = open(in);
    if (!input) return;
    announce(in);
    auto codec = make_bzip2(o_.level);
    Pumped n = pump(p_, *input, *codec, [&](std::string_view s) { return put(s); });
    if (n.status != CodecStatus::End) io_error(input->error());
    if (o_.verbose && n.in == 0) say(" no data compressed.\n");
    else if (o_.verbose) {
      double a = static_cast<double>(n.in), b = static_cast<double>(n.out);
      say("%6.3f:1, %6.3f bits/byte, %5.2f%% saved, %llu in, %llu out.\n", a / b, 8 * b / a, 100 * (1 - b / a), static_cast<unsigned long long>(n.in),
          static_cast<unsigned long long>(n.out));
    }
    close(in, st);
  }

  void expand(const std::string& in) {
    bool guess_failed = false;
    in_name_ = in;
    out_name_ = "(stdout)";
    if (!from_stdin_ && !o_.to_stdout) {
      guess_failed = true;
      out_name_ = in + ".out";
      for (const auto& s : kSuffixes) {
        if (!in.ends_with(s.packed)) continue;
        out_name_ = in.substr(0, in.size() - s.packed.size()) + std::string(s.plain);
        guess_failed = false;
        break;
      }
    }
    if (!exists(in)) return;
    Stat st;
    if (!check(in, out_name_, guess_failed, st)) return;
    auto input = open(in);
    if (!input) return;
    announce(in);
    if (!expand_streams(*input)) {
      failed_ = true;
      if (file_) file_->discard();
      file_.reset();
      status_ = 2;
      if (o_.verbose) say("not a bzip2 file.\n");
      else say("%s: %s is not a bzip2 file.\n", program_.c_str(), in.c_str());
      return;
    }
    close(in, st);
    if (o_.verbose) say("done\n");
  }

  // False: not this format from the first byte on.
  bool expand_streams(Input& in) {
    for (int stream = 1;; stream++) {
      std::string_view magic = in.block(4);
      bool wrong = magic.substr(0, 3) != std::string_view("BZh").substr(0, magic.size()) || (magic.size() > 3 && (magic[3] < '1' || magic[3] > '9'));
      if (wrong && stream > 1) {
        if (!o_.quiet) say("\n%s: %s: trailing garbage after EOF ignored\n", program_.c_str(), in_name_.c_str());
        return true;
      }
      if (wrong && !o_.force) return false;
      if (wrong) {
        Pumped n = copy_through(in, [&](std::string_view s) { return put(s); });
        if (n.status != CodecStatus::End) io_error(in.error());
        return true;
      }
      auto codec = make_bunzip2(o_.small);
      Pumped n = pump(p_, in, *codec, [&](std::string_view s) { return put(s); });
      if (n.status == CodecStatus::Truncated) ends_early();
      if (n.status == CodecStatus::More) io_error(in.error());
      if (n.status != CodecStatus::End) integrity_error();
      if (!in.more()) return true;
    }
  }

  void test(const std::string& in) {
    in_name_ = in;
    out_name_ = "(none)";
    if (!exists(in)) return;
    if (auto st = p_.stat(in); st && !from_stdin_ && st->is_dir()) {
      say("%s: Input file %s is a directory.\n", program_.c_str(), in.c_str());
      return refuse();
    }
    auto input = open(in);
    if (!input) return;
    announce(in);
    std::string wrong;
    bool good = test_streams(*input, wrong);
    if (!wrong.empty() && !o_.verbose) wrong = program_ + ": " + in + ": " + wrong;
    if (!wrong.empty()) write_error(p_, wrong);
    if (good && o_.verbose) say("ok\n");
    failed_ = failed_ || !good;
  }
  bool test_streams(Input& in, std::string& wrong) {
    for (int stream = 1;; stream++) {
      auto codec = make_bunzip2(o_.small);
      Pumped n = pump(p_, in, *codec, [](std::string_view) { return true; });
      if (n.status == CodecStatus::Format && stream > 1) {
        if (!o_.quiet) wrong = "trailing garbage after EOF ignored\n";
        return true;
      }
      if (n.status == CodecStatus::More) io_error(in.error());
      if (n.status == CodecStatus::Format) wrong = "bad magic number (file not created by bzip2)\n";
      else if (n.status == CodecStatus::Truncated) wrong = "file ends unexpectedly\n";
      else if (n.status != CodecStatus::End) wrong = "data integrity (CRC) error in data\n";
      if (n.status != CodecStatus::End) return false;
      if (!in.more()) return true;
    }
  }

  // ---- ends of the whole run
  [[noreturn]] void give_up(int status) {
    if (file_) {
      if (!o_.quiet) say("%s: Deleting output file %s, if it exists.\n", program_.c_str(), out_name_.c_str());
      file_->discard();
    }
    if (!o_.quiet && done_ < count_) {
      say("%s: WARNING: some files have not been processed:\n%s:    %zu specified on command line, %zu not processed yet.\n\n", program_.c_str(),
          program_.c_str(), count_, count_ - done_);
    }
    p_.exit(status);
  }
  void show_files() {
    if (!o_.quiet) say("\tInput file = %s, output file = %s\n", in_name_.c_str(), out_name_.c_str());
  }
  void advise() {
    if (!o_.quiet)
      say("\nIt is possible that the compressed file(s) have become corrupted.\nYou can use the -tvv option to test integrity of such files.\n%s", kRecover);
  }
  [[noreturn]] void integrity_error() {
    say("\n%s: Data integrity error when decompressing.\n", program_.c_str());
    show_files();
    advise();
    give_up(2);
  }
  [[noreturn]] void ends_early() {
    if (!o_.quiet) {
      say("\n%s: Compressed file ends unexpectedly;\n\tperhaps it is corrupted?  *Possible* reason follows.\n%s: Success\n", program_.c_str(),
          program_.c_str());
      show_files();
      advise();
    }
    give_up(2);
  }
  [[noreturn]] void io_error(Errno e) {
    say("\n%s: I/O or other error, bailing out.  Possible reason follows.\n%s: %s\n", program_.c_str(), program_.c_str(), std::string(message(e)).c_str());
    show_files();
    give_up(1);
  }

  Process& p_;
  std::string program_;
  Options o_;
  bool from_stdin_ = false, failed_ = false;
  int status_ = 0;
  size_t longest_ = 7, count_ = 0, done_ = 0;
  std::string in_name_, out_name_;
  std::optional<NewFile> file_;
};

int bzip2_main(Process& p) { return Bzip2Command(p).run(); }

}  // namespace

Command bzip2_command() { return {{"bzip2", "bunzip2", "bzcat"}, kUsage, bzip2_main, MessageName::Short}; }

}  // namespace nacre
