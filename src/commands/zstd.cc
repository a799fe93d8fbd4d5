/// zstd, unzstd, zstdcat - Zstandard compression of files.
/// Source: zstd 1.5 manual page; its messages.
/// Longer than most files: options, levels of output and three kinds of work in one command.
/// Differs: works with one thread whatever -T says; of --format knows zstd and gzip; no
/// benchmarks, dictionary training, --patch-from, --adapt, and no list in detail (-lv).
#include "algo/zstd.h"

#include "algo/gzip.h"
#include "base/deep_call.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/prompt.h"
#include "commands/pump.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: zstd [OPTION]... [FILE]... [-o FILE]\n"
    "Compress or decompress FILEs; with none, or when FILE is -, standard input.\n\n"
    "  -o FILE             write to FILE\n  -k, --keep          keep input files (as it does anyway)\n      --rm            remove input files afterwards\n"
    "  -1 ... -19          compression level, 3 by default; up to -22 with --ultra\n      --fast[=N]      faster levels below 1\n"
    "  -z, --compress      compress\n  -d, --decompress    decompress\n  -t, --test          test integrity\n  -l, --list          tell about .zst files\n"
    "  -D DICT             a dictionary\n  -f, --force         overwrite; follow links; with -dc, copy what is not compressed\n  -c, --stdout        write to "
    "standard output\n"
    "  -r                  also the files in directories\n      --output-dir-flat=DIR  write the files into DIR\n      --filelist=FILE  read names from FILE\n"
    "      --[no-]check    with or without a checksum\n      --[no-]content-size  with or without the size in the header\n      --long[=N]      match over "
    "long distances, window of 2^N\n"
    "  -M N, --memory=N    refuse windows above N bytes\n      --stream-size=N, --size-hint=N  size of what standard input gives\n"
    "      --format=zstd|gzip  what to write\n  -T N, --threads=N, --single-thread  accepted; one thread works\n"
    "  -q, --quiet         fewer messages; twice: not even errors\n  -v, --verbose       more\n      --no-progress   no progress bar (there is none)\n"
    "      --exclude-compressed  pass over what is compressed already\n  -h, --help          display this help and exit\n  -V, --version       output version "
    "information and exit\n";

struct Options {
  enum Mode : uint8_t { Compress, Decompress, Test, List } mode = Compress;
  ZstdOptions coding;
  bool force = false, to_stdout = false, remove = false, recursive = false, ultra = false, gzip = false, exclude = false, ignore_check = false;
  int display = 2;
  int window_max = 27;
  uint64_t memory = 0;          ///< bytes a window may take; 0: no limit was given
  std::string output, directory;
  std::vector<std::string> files;
};

struct Human {
  double value;
  int precision;
  std::string suffix;
};
Human human(uint64_t size) {
  static const char* const units[] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
  double v = static_cast<double>(size);
  int unit = 0;
  for (; v >= 1024 && unit < 6; unit++) v /= 1024;
  bool exact = v == static_cast<double>(size);
  return {v, v >= 100 || exact ? 0 : v >= 10 ? 1 : v > 1 ? 2 : 3, units[unit]};
}

class ZstdCommand {
 public:
  explicit ZstdCommand(Process& p) : p_(p) {
    if (p.name() == "unzstd" || p.name() == "zstdcat") o_.mode = Options::Decompress;
    if (p.name() == "zstdcat") {
      o_.to_stdout = o_.force = true;
      o_.display = 1;
    }
  }

  int run() {
    if (auto status = options()) return *status;
    if (o_.mode == Options::List) return list();
    if (!fit_memory() && (o_.mode == Options::Decompress || o_.mode == Options::Test)) {
      say(1, "zstd: error 11 : Parameter is out of bound \n");
      return 11;
    }
    int max = o_.ultra ? 22 : 19;
    if (o_.coding.level > max && o_.mode == Options::Compress) {
      say(2, "Warning : compression level higher than max, reduced to " + std::to_string(max) + " \n");
      o_.coding.level = max;
    }
    bool named = !o_.files.empty();
    std::vector<std::string> files;
    for (const auto& f : o_.files) expand(f, files);
    if (!named) files = {"-"};
    if (files.empty()) {
      if (o_.recursive && !failed_) say(1, "please provide correct input file(s) or non-empty directories -- ignored \n");
      return failed_ ? 1 : 0;
    }
    return process(files);
  }

 private:
  void say(int level, const std::string& text) {
    if (o_.display >= level) write_error(p_, text);
  }
  void error(const std::string& text) {
    say(1, "zstd: " + text);
    failed_ = true;
  }

  // ---- options
  int bad() {
    say(1, "Incorrect parameters \n");
    if (o_.display >= 1) write_error(p_, kUsage);
    return 1;
  }
  std::optional<int> options() {
    const auto& argv = p_.argv();
    for (const char* name : {"ZSTD_CLEVEL"}) {
      const char* v = p_.getenv(name);
      if (auto n = v ? parse_int(v) : std::nullopt; n && *n >= -131072 && *n <= 22) o_.coding.level = static_cast<int>(*n);
    }
    bool only_files = false;
    for (size_t at = 1; at < argv.size(); at++) {
      const std::string& w = argv[at];
      if (only_files || w.size() < 2 || w[0] != '-') o_.files.push_back(w);
      else if (w == "--") only_files = true;
      else if (auto status = w[1] == '-' ? long_option(w.substr(2), argv, at) : short_options(w, argv, at)) return status;
    }
    if (o_.to_stdout && o_.display == 2) o_.display = 1;
    if (o_.files.empty() && o_.output.empty() && o_.display == 2 && o_.mode != Options::List && o_.mode != Options::Test) o_.display = 1;
    return std::nullopt;
  }

  static std::optional<uint64_t> size_of(std::string_view text) {
    size_t i = 0;
    uint64_t v = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; i++) {
      if (__builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, static_cast<uint64_t>(text[i] - '0'), &v)) return std::nullopt;
    }
    std::string_view rest = text.substr(i);
    int shift = rest.starts_with('K') ? 10 : rest.starts_with('M') ? 20 : rest.starts_with('G') ? 30 : 0;
    if (shift) rest.remove_prefix(1);
    if (rest == "B" || rest == "iB") rest = "";
    if (!rest.empty() || v > UINT64_MAX >> shift) return std::nullopt;
    return v << shift;
  }

  std::optional<int> long_option(const std::string& word, const std::vector<std::string>& argv, size_t& at) {
    size_t eq = word.find('=');
    std::string name = word.substr(0, eq);
    std::optional<std::string> value;
    if (eq != word.npos) value = word.substr(eq + 1);
    static const struct {
      std::string_view name;
      char letter;
    } same[] = {{"compress", 'z'}, {"decompress", 'd'}, {"uncompress", 'd'}, {"force", 'f'},   {"keep", 'k'},    {"list", 'l'},
                {"quiet", 'q'},    {"stdout", 'c'},     {"test", 't'},       {"verbose", 'v'}, {"version", 'V'}, {"help", 'h'}};
    if (!value)
      for (const auto& s : same)
        if (s.name == name) return letter(s.letter);
    bool on = !name.starts_with("no-");
    std::string plain = on ? name : name.substr(3);
    if (!value && plain == "check") {
      o_.coding.checksum = on;
      o_.ignore_check = !on;
    } else if (!value && plain == "content-size") o_.coding.content_size = on;
    else if (!value && name == "rm") o_.remove = true;
    else if (!value && name == "ultra") o_.ultra = true;
    else if (!value && (plain == "progress" || plain == "sparse" || plain == "compress-literals" || name == "single-thread" || plain == "row-match-finder" ||
                        plain == "asyncio")) {
    } else if (!value && name == "exclude-compressed") o_.exclude = true;
    else if (name == "fast") return fast(value.value_or("1"));
    else if (name == "long") return window(value);
    else if (value || at + 1 < argv.size()) return long_with_value(name, value ? *value : argv[at + 1], value ? nullptr : &at);
    else return bad();
    return std::nullopt;
  }
  int not_numeric() {
    write_error(p_, "error: only numeric values with optional suffixes K, KB, KiB, M, MB, MiB are allowed \n");
    return 1;
  }
  std::optional<int> fast(const std::string& value) {
    auto n = size_of(value);
    if (!n || *n == 0 || *n > 131072) return bad();
    o_.coding.level = -static_cast<int>(*n);
    return std::nullopt;
  }
  std::optional<int> window(const std::optional<std::string>& value) {
    auto n = value ? size_of(*value) : 27;
    if (!n) return bad();
    if (*n < 10 || *n > 31) {
      say(1, "zstd: error 11 : Parameter is out of bound \n");
      return 11;
    }
    o_.coding.long_distance = true;
    o_.coding.window_log = static_cast<int>(*n);
    o_.window_max = std::max(o_.window_max, static_cast<int>(*n));
    return std::nullopt;
  }
  std::optional<int> long_with_value(const std::string& name, const std::string& v, size_t* at) {
    auto n = size_of(v);
    static constexpr std::string_view kNumeric[] = {"threads", "memory", "memlimit", "memlimit-decompress", "stream-size", "size-hint", "block-size"};
    if (std::find(std::begin(kNumeric), std::end(kNumeric), name) != std::end(kNumeric) && !n) return not_numeric();
    if (name == "threads" || name == "block-size") {
    } else if (name == "memory" || name == "memlimit" || name == "memlimit-decompress") o_.memory = *n;
    else if (name == "stream-size") o_.coding.size = *n;
    else if (name == "size-hint") o_.coding.size_hint = *n;
    else if (name == "format") {
      if (v != "zstd" && v != "gzip") return bad();
      o_.gzip = v == "gzip";
    } else if (name == "output-dir-flat") o_.directory = v;
    else if (name == "filelist") {
      auto text = read_file(p_, v);
      if (!text) {
        error("error reading " + v + " \n");
        return 1;
      }
      for (size_t from = 0; from < text->size();) {
        size_t end = std::min(text->find('\n', from), text->size());
        if (end > from) o_.files.push_back(text->substr(from, end - from));
        from = end + 1;
      }
    } else return bad();
    if (at) ++*at;
    return std::nullopt;
  }
  /// The largest window a limit of memory allows. False: none is so small.
  bool fit_memory() {
    if (o_.memory == 0) return true;
    o_.window_max = 0;
    while (o_.window_max < 31 && (uint64_t{2} << o_.window_max) <= o_.memory) o_.window_max++;
    return o_.window_max >= 10;
  }

  std::optional<int> letter(char c) {
    switch (c) {
      case 'z': o_.mode = Options::Compress; break;
      case 'd': o_.mode = Options::Decompress; break;
      case 't': o_.mode = Options::Test; break;
      case 'l': o_.mode = Options::List; break;
      case 'f': o_.force = true; break;
      case 'k': o_.remove = false; break;
      case 'c':
        o_.to_stdout = true;
        o_.output.clear();
        break;
      case 'q': o_.display--; break;
      case 'v': o_.display++; break;
      case 'r': o_.recursive = true; break;
      case 'V': return print_version(p_);
      case 'h':
      case 'H': {
        Output out(p_);
        out.write(kUsage);
        return out.finish(0);
      }
      default: return bad();
    }
    return std::nullopt;
  }
  std::optional<int> short_options(const std::string& w, const std::vector<std::string>& argv, size_t& at) {
    for (size_t i = 1; i < w.size(); i++) {
      char c = w[i];
      size_t digits = i + (c == 'T' || c == 'M' || c == 'B'), end = digits;
      while (end < w.size() && w[end] >= '0' && w[end] <= '9') end++;
      if (c >= '0' && c <= '9') {
        auto n = size_of(w.substr(i, end - i));
        if (!n) return bad();
        o_.coding.level = static_cast<int>(std::min<uint64_t>(*n, 1000));
        if (*n == 0) o_.coding.level = 3;
        i = end - 1;
      } else if (c == 'T' || c == 'M' || c == 'B') {
        if (end < w.size() && (w[end] == 'K' || w[end] == 'M' || w[end] == 'G')) end++;
        auto n = size_of(w.substr(digits, end - digits));
        if (!n) return bad();
        if (c == 'M') o_.memory = *n;
        i = end - 1;
      } else if (c == 'o' || c == 'D') {
        std::string value = w.substr(i + 1);
        if (value.empty() && at + 1 >= argv.size()) {
          say(1, "error: missing command argument \n");
          return 1;
        }
        if (value.empty()) value = argv[++at];
        if (i + 1 == w.size() && value.starts_with('-')) {
          say(1, "error: command cannot be separated from its argument by another command \n");
          return 1;
        }
        if (c == 'D') return dictionary(value);
        o_.output = value;
        o_.to_stdout = value == "-" || value == "/dev/stdout";
        return std::nullopt;
      } else if (auto status = letter(c)) {
        return status;
      }
    }
    return std::nullopt;
  }
  std::optional<int> dictionary(const std::string& file) {
    auto text = read_file(p_, file);
    if (!text) {
      error("error 31 : " + file + ": " + std::string(message(text.error())) + " \n");
      return 31;
    }
    o_.coding.dictionary = *text;
    return std::nullopt;
  }

  // ---- files
  void expand(const std::string& f, std::vector<std::string>& files) {
    auto st = f == "-" ? Result<Stat>(Stat()) : o_.force || o_.to_stdout ? p_.stat(f) : p_.lstat(f);
    if (st && st->is_symlink() && !o_.force) {
      say(2, "Warning : " + f + " is a symbolic link, ignoring \n");
      failed_ = true;
      return;
    }
    if (!st || !st->is_dir() || !o_.recursive) {
      files.push_back(f);
      return;
    }
    auto entries = p_.list(f);
    if (!entries) return error(f + ": " + std::string(message(entries.error())) + " \n");
    for (const auto& e : *entries) {
      p_.tick();
      deep_call([&] { expand(join_path(f, e.name), files); });
    }
  }

  int process(const std::vector<std::string>& files) {
    bool together = !o_.output.empty() || o_.to_stdout;
    if (files.size() > 1 && together && !o_.to_stdout && o_.mode != Options::Test) {
      say(2, "zstd: WARNING: all input files will be processed and concatenated into a single output file: " + o_.output +
                 " \nThe concatenated output CANNOT regenerate original file names nor directory structure. \n");
    }
    std::optional<NewFile> shared;
    if (!o_.output.empty() && !o_.to_stdout && o_.mode != Options::Test) {
      if (!create(shared, o_.output)) return 1;
    }
    std::optional<Stat> last;
    for (const auto& f : files) one(f, files.size(), shared ? &*shared : nullptr, last);
    if (shared) {
      if (processed_ == 0) shared->discard();
      else shared->keep(last ? *last : default_attributes());
    }
    if (processed_ > 1 && files.size() > 1) summary();
    return failed_ ? 1 : 0;
  }
  Stat default_attributes() {
    Stat st;
    st.mode = 0666 & ~p_.umask();
    st.uid = p_.credentials().uid;
    st.gid = p_.credentials().gid;
    st.atime = st.mtime = p_.now();
    return st;
  }
  void summary() {
    char text[160];
    if (o_.mode == Options::Compress) {
      Human a = human(sum_.in), b = human(sum_.out);
      std::snprintf(text, sizeof text, "%3zu files compressed : %.2f%% (%6.*f%4s => %6.*f%4s)\n", processed_,
                    sum_.in ? 100.0 * static_cast<double>(sum_.out) / static_cast<double>(sum_.in) : 0.0, a.precision, a.value, a.suffix.c_str(), b.precision,
                    b.value, b.suffix.c_str());
    } else {
      std::snprintf(text, sizeof text, "%zu files decompressed : %6llu bytes total \n", processed_, static_cast<unsigned long long>(sum_.out));
    }
    say(2, text);
  }

  bool create(std::optional<NewFile>& file, const std::string& name) {
    file.emplace(p_, name);
    auto st = p_.stat(name);
    if (st && !o_.force) {
      if (o_.display <= 1 || !p_.isatty(0)) {
        if (o_.display <= 1) error(name + " already exists; not overwritten  \n");
        else {
          error(name + " already exists; overwrite (y/n) ? Not overwritten  \n");
          say(1, " \n");
        }
        return false;
      }
      write_error(p_, "zstd: " + name + " already exists; overwrite (y/n) ? ");
      if (!is_yes(read_answer(p_, 0))) {
        failed_ = true;
        return false;
      }
    }
    if (st) (void)p_.unlink(name);
    Errno e = file->create();
    if (e != Errno::OK) error(name + ": " + std::string(message(e)) + " \n");
    return e == Errno::OK;
  }
  struct Suffix {
    std::string_view packed, plain;
  };
  static constexpr Suffix kSuffixes[] = {{".zst", ""}, {".tzst", ".tar"}, {".gz", ""}, {".tgz", ".tar"}};

  // The name of what is made of f; "" after a message.
  std::string target(const std::string& f) {
    std::string out = f + (o_.gzip ? ".gz" : ".zst");
    if (o_.mode == Options::Decompress) {
      out.clear();
      for (const auto& s : kSuffixes) {
        if (f.size() > s.packed.size() && f.ends_with(s.packed)) out = f.substr(0, f.size() - s.packed.size()) + std::string(s.plain);
      }
      if (out.empty())
        error(f +
              ": unknown suffix (.zst/.tzst/.gz/.tgz/.lzma/.xz/.txz/.lz4/.tlz4 expected). Can't derive the output file name. Specify it with -o dstFileName. "
              "Ignoring.\n");
    }
    return out.empty() || o_.directory.empty() ? out : join_path(o_.directory, base_name(out));
  }

  void one(const std::string& f, size_t of, NewFile* shared, std::optional<Stat>& attributes) {
    bool is_stdin = f == "-";
    std::unique_ptr<Input> in;
    Stat st;
    if (!is_stdin) {
      auto found = p_.stat(f);
      if (!found) return error("can't stat " + f + " : " + std::string(message(found.error())) + " -- ignored \n");
      st = *found;
      if (st.is_dir()) return error(f + " is a directory -- ignored \n");
      if (o_.mode == Options::Compress && o_.exclude && is_packed(f)) return;
      auto fd = p_.open(f, kOpenRead);
      if (!fd) return error(f + ": " + std::string(message(fd.error())) + " \n");
      in = std::make_unique<Input>(p_, *fd, f);
    } else {
      in = std::make_unique<Input>(p_, 0, "/*stdin*\\", false);
    }
    std::optional<NewFile> own;
    NewFile* file = shared;
    bool to_file = !shared && !o_.to_stdout && !is_stdin && o_.mode != Options::Test;
    if (to_file) {
      std::string name = target(f);
      if (name.empty() || !create(own, name)) return;
      file = &*own;
    }
    Pumped n;
    bool good = o_.mode == Options::Compress ? compress(*in, st, file, n) : decompress(*in, file, n);
    if (!good) {
      if (own) own->discard();
      return;
    }
    if (own) own->keep(st);
    if (!is_stdin) attributes = st;
    processed_++;
    sum_.in += n.in;
    sum_.out += n.out;
    report(is_stdin ? in->name() : f, n, own ? own->path() : shared ? shared->path() : "/*stdout*\\", of);
    if (o_.remove && !is_stdin && !o_.to_stdout && o_.mode != Options::Test) (void)p_.unlink(f);
  }
  static bool is_packed(const std::string& f) {
    for (const char* s : {".zst", ".tzst", ".gz", ".tgz", ".xz", ".lzma", ".bz2", ".lz4"})
      if (f.ends_with(s)) return true;
    return false;
  }
  void report(const std::string& f, const Pumped& n, const std::string& out, size_t of) {
    if (of > 1 && o_.display < 3) return;
    char text[64];
    if (o_.mode != Options::Compress) {
      std::snprintf(text, sizeof text, ": %llu bytes \n", static_cast<unsigned long long>(n.out));
      say(2, padded(f) + text);
      return;
    }
    Human a = human(n.in), b = human(n.out);
    if (n.in == 0)
      std::snprintf(text, sizeof text, " :  (%6.*f%s => %6.*f%s, ", a.precision, a.value, a.suffix.c_str(), b.precision, b.value, b.suffix.c_str());
    else
      std::snprintf(text, sizeof text, " :%6.2f%%   (%6.*f%s => %6.*f%s, ", 100.0 * static_cast<double>(n.out) / static_cast<double>(n.in), a.precision,
                    a.value, a.suffix.c_str(), b.precision, b.value, b.suffix.c_str());
    say(2, padded(f) + text + out + ") \n");
  }
  static std::string padded(std::string s) {
    if (s.size() < 20) s.resize(20, ' ');
    return s;
  }

  bool put(NewFile* file, std::string_view bytes) {
    if (o_.mode == Options::Test) return true;
    if (file) {
      if (file->write(bytes)) return true;
      error("error 70 : Write error : " + std::string(message(file->error())) + " \n");
      return false;
    }
    auto done = p_.write(1, bytes);
    if (!done) error("error 70 : Write error : " + std::string(message(done.error())) + " \n");
    return done.ok();
  }

  bool compress(Input& in, const Stat& st, NewFile* file, Pumped& n) {
    ZstdOptions coding = o_.coding;
    if (in.fd() != 0 && st.is_regular()) coding.size = st.size;
    GzipHeader header;
    auto codec = o_.gzip ? make_gzip(std::clamp(coding.level, 1, 9), header) : make_zstd(coding);
    n = pump(p_, in, *codec, [&](std::string_view s) { return put(file, s); });
    if (n.status == CodecStatus::End) return true;
    if (n.status == CodecStatus::Length) error("error 25 : " + in.name() + ": Src size is incorrect \n");
    else if (n.status == CodecStatus::Memory) error("error 24 : Allocation error : not enough memory \n");
    else if (in.error() != Errno::OK) error("error 37 : Read error : " + std::string(message(in.error())) + " \n");
    return false;
  }

  bool decompress(Input& in, NewFile* file, Pumped& total) {
    auto sink = [&](std::string_view s) { return put(file, s); };
    for (bool first = true;; first = false) {
      std::string_view head = in.block(4);
      if (head.empty()) {
        if (in.error() != Errno::OK) error("error 37 : Read error : " + std::string(message(in.error())) + " \n");
        else if (first) error(in.name() + ": unexpected end of file \n");
        return !first && in.error() == Errno::OK;
      }
      bool zip = head.starts_with("\x1f\x8b");
      bool frame = head.starts_with("\x28\xb5\x2f\xfd") || (head.size() == 4 && (head[0] & 0xf0) == 0x50 && head.substr(1) == "\x2a\x4d\x18");
      if (!zip && !frame) {
        if (o_.force && o_.to_stdout) {
          Pumped n = copy_through(in, sink);
          total.in += n.in;
          total.out += n.out;
          return n.status == CodecStatus::End;
        }
        error(in.name() + (head.size() < 4 ? ": unknown header \n" : ": unsupported format \n"));
        return false;
      }
      auto codec = zip ? make_gunzip() : make_unzstd(o_.window_max, o_.coding.dictionary, o_.ignore_check);
      Pumped n = pump(p_, in, *codec, sink);
      total.in += n.in;
      total.out += n.out;
      if (n.status != CodecStatus::End) return wrong(in, n.status);
    }
  }
  bool wrong(Input& in, CodecStatus status) {
    failed_ = true;
    switch (status) {
      case CodecStatus::Truncated: say(1, in.name() + " : Read error (39) : premature end \n"); break;
      case CodecStatus::Check: say(1, in.name() + " : Decoding error (36) : Restored data doesn't match checksum \n"); break;
      case CodecStatus::Memory:
        say(1, in.name() + " : Decoding error (36) : Frame requires too much memory for decoding \n");
        say(1, in.name() + " : Use --long=31 or --memory=2048MB \n");
        break;
      case CodecStatus::Unsupported: say(1, in.name() + " : Decoding error (36) : Dictionary mismatch \n"); break;
      case CodecStatus::More:
        if (in.error() != Errno::OK) error("error 37 : Read error : " + std::string(message(in.error())) + " \n");
        break;
      default: say(1, in.name() + " : Decoding error (36) : Data corruption detected \n");
    }
    return false;
  }

  // ---- --list
  struct Frames {
    uint64_t frames = 0, skips = 0, compressed = 0, uncompressed = 0;
    bool known = true, checksum = true, any = false;
  };
  // The frames of a file, by decoding it: sizes need not be in the headers of blocks we read past.
  bool scan(Input& in, Frames& f) {
    while (in.more()) {
      ZstdFrame frame;
      std::string_view head = in.block(18);
      if (!read_zstd_frame(head, frame)) return false;
      auto codec = make_unzstd(31, o_.coding.dictionary, true);
      Pumped n = pump(p_, in, *codec, [](std::string_view) { return true; });
      if (n.status != CodecStatus::End) return false;
      f.compressed += n.in;
      f.frames++;
      if (frame.skippable) f.skips++;
      else {
        f.any = true;
        f.known = f.known && frame.content_size.has_value();
        f.uncompressed += frame.content_size.value_or(0);
        f.checksum = f.checksum && frame.checksum;
      }
    }
    return f.frames > 0;
  }
  void row(Output& out, const Frames& f, const std::string& name) {
    Human c = human(f.compressed), u = human(f.uncompressed);
    std::string check = f.checksum && f.any ? "XXH64" : "None";
    if (f.known) {
      double r = f.compressed ? static_cast<double>(f.uncompressed) / static_cast<double>(f.compressed) : 0;
      out.format("%6llu  %5llu  %6.*f%4s  %8.*f%4s  %5.3f  %5s  %s\n", static_cast<unsigned long long>(f.frames), static_cast<unsigned long long>(f.skips),
                 c.precision, c.value, c.suffix.c_str(), u.precision, u.value, u.suffix.c_str(), r, check.c_str(), name.c_str());
    } else {
      out.format("%6llu  %5llu  %6.*f%4s                       %5s  %s\n", static_cast<unsigned long long>(f.frames), static_cast<unsigned long long>(f.skips),
                 c.precision, c.value, c.suffix.c_str(), check.c_str(), name.c_str());
    }
  }
  int list() {
    for (const auto& f : o_.files) {
      if (auto st = p_.stat(f); f != "-" && (!st || st->is_dir())) {
        say(1, "Error : " + f + " is not a file \n");
        failed_ = true;
      }
    }
    if (o_.files.empty()) {
      say(1, "zstd: --list does not support reading from standard input \nNo files given \n");
      return 1;
    }
    Output out(p_);
    out.write("Frames  Skips  Compressed  Uncompressed  Ratio  Check  Filename\n");
    Frames sum;
    sum.any = true;
    for (const auto& f : o_.files) {
      auto st = p_.stat(f);
      if (!st || st->is_dir()) continue;
      auto in = open_input(p_, f);
      Frames frames;
      if (!in || !scan(*in, frames)) {
        out.write("File \"" + f + "\" not compressed by zstd \n");
        failed_ = true;
        continue;
      }
      row(out, frames, f);
      sum.frames += frames.frames;
      sum.skips += frames.skips;
      sum.compressed += frames.compressed;
      sum.uncompressed += frames.uncompressed;
      sum.known = sum.known && frames.known;
      sum.checksum = sum.checksum && frames.checksum;
    }
    if (o_.files.size() > 1) {
      out.write("----------------------------------------------------------------- \n");
      row(out, sum, std::to_string(o_.files.size()) + " files");
    }
    return out.finish(failed_ ? 1 : 0);
  }

  Process& p_;
  Options o_;
  bool failed_ = false;
  size_t processed_ = 0;
  Pumped sum_;
};

int zstd_main(Process& p) { return ZstdCommand(p).run(); }

}  // namespace

Command zstd_command() { return {{"zstd", "unzstd", "zstdcat"}, kUsage, zstd_main, MessageName::Short}; }

}  // namespace nacre
