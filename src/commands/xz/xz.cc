/// xz, unxz, xzcat, lzma, unlzma, lzcat - compression with LZMA.
/// Source: xz 5.4 manual page; its messages.
/// Differs: works with one thread whatever -T says, as if its blocks were one.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/pump.h"
#include "commands/xz/lister.h"
#include "commands/xz/options.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: xz [OPTION]... [FILE]...\n"
    "Compress or decompress FILEs in the .xz format.\n\n"
    "  -z, --compress      compress\n  -d, --decompress    decompress\n  -t, --test          test integrity\n  -l, --list          list what .xz files hold\n"
    "  -k, --keep          keep input files\n  -f, --force         overwrite; compress links; with -dc, copy what is not compressed\n"
    "  -c, --stdout        write to standard output\n      --single-stream stop after the first stream\n  -S, --suffix=.SUF   use this suffix\n"
    "      --files[=FILE]  read file names, a line each (--files0: each with a NUL)\n"
    "  -F, --format=FMT    auto, xz, lzma, raw\n  -C, --check=CHECK   none, crc32, crc64, sha256\n      --ignore-check  do not verify when decompressing\n"
    "  -0 ... -9           preset; -6 by default\n  -e, --extreme       take more time for a little\n"
    "  -T, --threads=NUM   accepted; one thread works\n"
    "      --block-size=SIZE  a new block each SIZE bytes\n      --block-list=SIZE,...  sizes of the first blocks; the last counts for all that follow\n"
    "      --no-adjust         do not make the dictionary smaller for a limit of memory\n      --info-memory       tell the memory there is and the limits\n"
    "  -M, --memlimit=LIMIT  refuse what takes more memory (--memlimit-compress, --memlimit-decompress)\n"
    "      --lzma1[=OPTS] --lzma2[=OPTS] --x86 --arm --armthumb --arm64 --powerpc --ia64 --sparc --delta[=OPTS]\n"
    "                      filters, in their order\n"
    "  -q, --quiet         no warnings; twice: no errors\n  -v, --verbose       tell about each file\n  -Q, --no-warn       warnings do not change the exit "
    "status\n"
    "      --robot         messages for programs\n  -h, --help          display this help and exit\n  -V, --version       output version information and "
    "exit\n\n"
    "With no FILE, or when FILE is -, read standard input.\n";

using O = XzCommandOptions;

class XzCommand {
 public:
  XzCommand(Process& p, O& o) : p_(p), o_(o), program_(p.called()) {}

  int run() {
    if (o_.mode == O::Compress || o_.format == XzFormat::Raw) {
      std::string error;
      if (!make_xz(o_.coding, &error)) return say(1, error), 1;
    }
    if (o_.mode == O::Compress && !fit_memory()) return 1;
    if (o_.files.empty() && !o_.files_from) o_.files = {"-"};
    for (const auto& f : o_.files) one(f);
    if (o_.files_from) files_from();
    if (o_.mode == O::List) lister_.totals();
    return status_;
  }

 private:
  // ---- messages
  void say(int level, const std::string& text) {
    if (o_.verbosity >= level) write_error(p_, program_ + ": " + text + "\n");
  }
  void error(const std::string& text) {
    say(1, text);
    status_ = 1;
  }
  void warn(const std::string& text) {
    say(2, text);
    if (status_ == 0 && !o_.no_warn) status_ = 2;
  }

  void files_from() {
    auto fd = o_.files_from->empty() ? Result<int>(0) : p_.open(*o_.files_from, kOpenRead);
    if (!fd) return error(*o_.files_from + ": " + std::string(message(fd.error())));
    auto in = std::make_unique<Input>(p_, *fd, *o_.files_from);
    std::string_view line;
    while (in->next_line(line, o_.files_delimiter)) {
      if (!line.empty()) one(std::string(line));
    }
  }

  void one(const std::string& file) {
    if (o_.mode == O::List) return list(file);
    bool is_stdin = file == "-";
    name_ = is_stdin ? "(stdin)" : file;
    std::unique_ptr<Input> in;
    Stat st;
    bool to_stdout = o_.to_stdout || is_stdin || o_.mode == O::Test;
    if (is_stdin) {
      if (o_.mode == O::Compress ? p_.isatty(1) : p_.isatty(0)) {
        return error(o_.mode == O::Compress ? "Compressed data cannot be written to a terminal" : "Compressed data cannot be read from a terminal");
      }
      in = std::make_unique<Input>(p_, 0, name_, false);
    } else {
      in = open_source(file, st, to_stdout);
    }
    if (!in) return;
    std::string target;
    if (!to_stdout && !target_name(file, target)) return;
    std::optional<NewFile> out;
    if (!to_stdout) {
      out.emplace(p_, target);
      if (o_.force) (void)p_.unlink(target);
      if (Errno e = out->create(); e != Errno::OK) return error(target + ": " + std::string(message(e)));
    }
    file_ = out ? &*out : nullptr;
    Pumped total;
    bool good = code(*in, total);
    file_ = nullptr;
    if (!good) {
      if (out) out->discard();
      return;
    }
    if (o_.verbosity >= 3) progress(total);
    if (!out) return;
    out->keep(st);
    if (!o_.keep) {
      if (auto done = p_.unlink(file); !done) error(file + ": Cannot remove: " + std::string(message(done.error())));
    }
  }

  void progress(const Pumped& n) {
    uint64_t compressed = o_.mode == O::Compress ? n.out : n.in, plain = o_.mode == O::Compress ? n.in : n.out;
    double r = plain ? static_cast<double>(compressed) / static_cast<double>(plain) : 10;
    char text[32];
    std::snprintf(text, sizeof text, r > 9.999 ? " > 9.999" : " = %.3f", r);
    write_error(p_, name_ + ": " + nice_size(compressed) + " / " + nice_size(plain) + text + "\n");
  }

  std::unique_ptr<Input> open_source(const std::string& file, Stat& st, bool to_stdout) {
    auto fd = p_.open(file, kOpenRead | kOpenNonblock | (o_.force || o_.to_stdout || o_.mode == O::Test ? 0u : kOpenNoFollow));
    if (!fd) {
      if (fd.error() == Errno::LOOP) warn(file + ": Is a symbolic link, skipping");
      else error(file + ": " + std::string(message(fd.error())));
      return nullptr;
    }
    auto in = std::make_unique<Input>(p_, *fd, file);
    if (auto found = p_.fstat(*fd)) st = *found;
    std::string why;
    if (st.is_dir()) why = "Is a directory, skipping";
    else if (to_stdout) why = "";
    else if (!o_.force && !st.is_regular()) why = "Not a regular file, skipping";
    else if (!o_.force && (st.mode & 06000)) why = "File has setuid or setgid bit set, skipping";
    else if (!o_.force && (st.mode & 01000)) why = "File has sticky bit set, skipping";
    else if (!o_.force && st.nlink > 1) why = "Input file has more than one hard link, skipping";
    if (why.empty()) return in;
    warn(file + ": " + why);
    return nullptr;
  }

  // The name of what is written. False after a message.
  bool target_name(const std::string& file, std::string& target) {
    struct Suffix {
      std::string_view packed, plain;
    };
    static constexpr Suffix kXz[] = {{".xz", ""}, {".txz", ".tar"}}, kLzma[] = {{".lzma", ""}, {".tlz", ".tar"}},
                            kAll[] = {{".xz", ""}, {".txz", ".tar"}, {".lzma", ""}, {".tlz", ".tar"}, {".lz", ""}};
    std::span<const Suffix> known = kAll;
    XzFormat format = o_.mode == O::Compress ? o_.coding.format : o_.format;
    if (format == XzFormat::Xz) known = kXz;
    if (format == XzFormat::Lzma) known = kLzma;
    if (format == XzFormat::Raw) known = {};
    size_t slash = file.rfind('/');
    std::string_view last = std::string_view(file).substr(slash == file.npos ? 0 : slash + 1);
    auto ends = [&](std::string_view s) { return last.size() > s.size() && last.ends_with(s); };
    if (format == XzFormat::Raw && o_.suffix.empty()) {
      error(file + ": With --format=raw, --suffix=.SUF is required unless writing to stdout");
      return false;
    }
    if (o_.mode == O::Compress) {
      for (const auto& s : known) {
        if (!ends(s.packed)) continue;
        warn(file + ": File already has `" + std::string(s.packed) + "' suffix, skipping");
        return false;
      }
      if (!o_.suffix.empty() && ends(o_.suffix)) {
        warn(file + ": File already has `" + o_.suffix + "' suffix, skipping");
        return false;
      }
      target = file + (o_.suffix.empty() ? format == XzFormat::Lzma ? ".lzma" : ".xz" : o_.suffix);
      return true;
    }
    for (const auto& s : known) {
      if (!ends(s.packed)) continue;
      target = file.substr(0, file.size() - s.packed.size()) + std::string(s.plain);
      return true;
    }
    if (!o_.suffix.empty() && ends(o_.suffix)) {
      target = file.substr(0, file.size() - o_.suffix.size());
      return true;
    }
    warn(file + ": Filename has an unknown suffix, skipping");
    return false;
  }

  // ---- the data
  bool put(std::string_view bytes) {
    if (o_.mode == O::Test) return true;
    if (file_) {
      if (file_->write(bytes)) return true;
      error(file_->path() + ": Write error: " + std::string(message(file_->error())));
      return false;
    }
    auto done = p_.write(1, bytes);
    if (!done) error("(stdout): Write error: " + std::string(message(done.error())));
    return done.ok();
  }

  /// A smaller dictionary where the limit asks for it. False: none is small enough.
  bool fit_memory() {
    const uint64_t needs = xz_encoder_memory(o_.coding);
    if (needs <= o_.limit_compress) return true;
    XzFit fit{.memory = needs};
    if (o_.adjust && o_.coding.format != XzFormat::Raw) fit = fit_xz_memory(o_.coding, o_.limit_compress);
    if (!fit.fits) return error("Memory usage limit is too low for the given filter setup."), too_much(fit.memory, o_.limit_compress), false;
    auto mib = [](uint64_t v) { return std::to_string(v / (1 << 20) + (v % (1 << 20) != 0)) + " MiB"; };
    say(2, std::string("Adjusted LZMA") + (fit.lzma1 ? "1" : "2") + " dictionary size from " + mib(fit.from) + " to " + mib(fit.to) +
               " to not exceed the memory usage limit of " + mib(o_.limit_compress));
    return true;
  }

  bool code(Input& in, Pumped& total) {
    auto sink = [&](std::string_view s) { return put(s); };
    if (o_.mode != O::Compress) return decode(in, total);
    auto codec = make_xz(o_.coding);
    total = pump(p_, in, *codec, sink);
    return finish(in, total.status);
  }

  // Says what went wrong; true for a good end.
  bool finish(Input& in, CodecStatus status) {
    switch (status) {
      case CodecStatus::End: return true;
      case CodecStatus::More:
        if (in.error() != Errno::OK) error(name_ + ": Read error: " + std::string(message(in.error())));
        return false;
      case CodecStatus::Truncated: error(name_ + ": Unexpected end of input"); return false;
      case CodecStatus::Format: error(name_ + ": File format not recognized"); return false;
      case CodecStatus::Unsupported: error(name_ + ": Unsupported options"); return false;
      case CodecStatus::Memory: error(name_ + ": Memory usage limit reached"); return false;
      default: error(name_ + ": Compressed data is corrupt"); return false;
    }
  }
  void too_much(uint64_t needs, uint64_t limit) {
    auto mib = [](uint64_t v) { return std::to_string(v / (1 << 20) + (v % (1 << 20) != 0)) + " MiB"; };
    say(2, mib(needs) + " of memory is required. The limit is " + (limit < 1 << 20 ? std::to_string(limit) + " B" : mib(limit)) + ".");
  }

  // As xz looks before it decides: .xz, .lzma (a plausible header), .lz.
  static bool is_xz(std::string_view s) {
    return s.starts_with(
        std::string_view("\xfd"
                         "7zXZ\0",
                         6));
  }
  static bool is_lzip(std::string_view s) { return s.starts_with("LZIP"); }
  static bool is_lzma(std::string_view s) {
    if (s.size() < 13 || static_cast<unsigned char>(s[0]) >= 225) return false;
    uint32_t dictionary = 0;
    uint64_t size = 0;
    for (int i = 3; i >= 0; i--) dictionary = dictionary << 8 | static_cast<unsigned char>(s[static_cast<size_t>(1 + i)]);
    for (int i = 7; i >= 0; i--) size = size << 8 | static_cast<unsigned char>(s[static_cast<size_t>(5 + i)]);
    if (dictionary != UINT32_MAX) {   // 2^n or 2^n + 2^(n-1)
      uint32_t d = dictionary - 1;
      d |= d >> 2;
      d |= d >> 3;
      d |= d >> 4;
      d |= d >> 8;
      d |= d >> 16;
      if (++d != dictionary || dictionary == 0) return false;
    }
    return size == UINT64_MAX || size <= uint64_t{1} << 38;
  }

  bool decode(Input& in, Pumped& total) {
    auto sink = [&](std::string_view s) { return put(s); };
    std::string_view head = in.block(13);
    XzFormat format = o_.format;
    if (format == XzFormat::Auto) format = is_xz(head) ? XzFormat::Xz : is_lzma(head) ? XzFormat::Lzma : is_lzip(head) ? XzFormat::Auto : XzFormat::Raw;
    bool known = o_.format == XzFormat::Raw || (format == XzFormat::Xz ? is_xz(head) : format == XzFormat::Lzma ? is_lzma(head) : format == XzFormat::Auto);
    if (!known) {
      if (in.error() != Errno::OK) return finish(in, CodecStatus::More);
      if (!(o_.force && o_.to_stdout)) return finish(in, CodecStatus::Format);
      total = copy_through(in, sink);
      return finish(in, total.status);
    }
    uint64_t room = p_.budget().limits().memory_bytes ? p_.budget().limits().memory_bytes : UINT64_MAX;
    for (bool first = true;; first = false) {
      std::string error;
      auto codec = make_unxz(format, std::min(o_.limit_decompress, room), o_.coding, o_.ignore_check, &error);
      Pumped n = pump(p_, in, *codec, sink);
      total.in += n.in;
      total.out += n.out;
      if (n.status == CodecStatus::Format && !first) n.status = CodecStatus::Data;
      bool good = finish(in, n.status);
      if (n.status == CodecStatus::Memory) too_much(codec->memory(), std::min(o_.limit_decompress, room));
      if (!good || o_.single_stream) return good;
      if (format != XzFormat::Xz) return !in.more() || finish(in, CodecStatus::Data);
      if (!skip_padding(in, total)) return finish(in, CodecStatus::Data);
      if (!in.more()) return true;
    }
  }

  // Zeros between streams, a multiple of four.
  bool skip_padding(Input& in, Pumped& total) {
    uint64_t n = 0;
    for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
      size_t zeros = std::min(block.find_first_not_of('\0'), block.size());
      in.consume(zeros);
      n += zeros;
      if (zeros < block.size()) break;
    }
    total.in += n;
    return n % 4 == 0;
  }

  // ---- --list
  void list(const std::string& file) {
    if (file == "-") return error("--list does not support reading from standard input");
    name_ = file;
    lister_.begin(file, o_.files_from ? 0 : o_.files.size());
    auto fd = p_.open(file, kOpenRead);
    if (!fd) return error(file + ": " + std::string(message(fd.error())));
    Input in(p_, *fd, file);
    auto st = p_.fstat(*fd);
    if (!st || st->is_dir()) return warn(file + ": Is a directory, skipping");
    if (st->size == 0) return error(file + ": File is empty");
    if (st->size < 24) return error(file + ": Too small to be a valid .xz file");
    (void)finish(in, lister_.file(file, *fd, st->size));
  }

  Process& p_;
  O& o_;
  std::string program_, name_;
  int status_ = 0;
  NewFile* file_ = nullptr;
  XzLister lister_{p_, o_};
};

int xz_main(Process& p) {
  O o;
  if (auto status = read_xz_options(p, kUsage, o)) return *status;
  return XzCommand(p, o).run();
}

}  // namespace

Command xz_command() { return {{"xz", "unxz", "xzcat", "lzma", "unlzma", "lzcat"}, kUsage, xz_main}; }

}  // namespace nacre
