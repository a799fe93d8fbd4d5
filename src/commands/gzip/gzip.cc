/// gzip, gunzip, zcat - compress or expand files.
/// Source: GNU gzip 1.12 manual; RFC 1952.
/// Differs: expands its own format and that of compress; not those of pack, lzh and zip.
#include <cctype>

#include "algo/gzip.h"
#include "algo/lzw.h"
#include "base/deep_call.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/gzip/options.h"
#include "commands/paths.h"
#include "commands/prompt.h"
#include "commands/pump.h"
#include "commands/zone.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: gzip [OPTION]... [FILE]...\n"
    "Compress FILEs in place, or expand them (gunzip, zcat).\n\n"
    "With no FILE, or when FILE is -, read standard input.\n\n"
    "  -c, --stdout      write to standard output, keep the files\n"
    "  -d, --decompress  expand\n"
    "  -f, --force       overwrite files; compress links; with -cd, copy what is not compressed\n"
    "  -h, --help        display this help and exit\n"
    "  -k, --keep        keep the input files\n"
    "  -l, --list        list what compressed files hold\n"
    "  -L, --license     display the license\n"
    "  -n, --no-name     do not save or restore name and time stamp\n"
    "  -N, --name        save or restore name and time stamp\n"
    "  -q, --quiet       no warnings\n"
    "  -r, --recursive   also the files in directories\n"
    "      --rsyncable   output that rsync can find unchanged parts in\n"
    "  -S, --suffix=SUF  suffix of compressed files, instead of .gz\n"
    "      --synchronous written when it is said to be (here always)\n"
    "  -t, --test        test whether compressed files are sound\n"
    "  -v, --verbose     name, and space saved, of each file\n"
    "  -V, --version     output version information and exit\n"
    "  -1, --fast        faster, to\n"
    "  -9, --best        smaller; -6 by default\n";

using O = GzipOptions;

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

class Gzipper {
 public:
  Gzipper(Process& p, const O& o) : p_(p), o_(o) {}

  int run(const std::vector<std::string>& files) {
    if (files.empty()) treat_stdin();
    for (const auto& f : files) f == "-" ? treat_stdin() : treat_file(f);
    if (o_.list && !o_.quiet && files.size() > 1) print_totals();
    return status_;
  }

 private:
  // ---- messages
  void say(const std::string& text) { write_error(p_, text); }
  void error(const std::string& text) {
    say("gzip: " + text + "\n");
    status_ = 1;
  }
  void error(const std::string& file, Errno e) { error((file.empty() ? "" : file + ": ") + std::string(message(e))); }
  void warn(const std::string& text, const char* before = "") {
    if (!o_.quiet) say(std::string(before) + "gzip: " + text + "\n");
    if (status_ == 0) status_ = 2;
  }
  // What gzip does not survive: the half written file goes, later files are not looked at.
  [[noreturn]] void abort(const std::string& text) {
    say("\ngzip: " + text + "\n");
    if (new_file_) new_file_->discard();
    p_.exit(1);
  }

  // ---- names
  // The part of name that is a known suffix; "" if there is none.
  std::string_view suffix_of(std::string_view name) const {
    const std::string_view known[] = {o_.suffix, ".gz", ".z", ".taz", ".tgz", "-gz", "-z", "_z"};
    for (std::string_view s : known) {
      if (name.size() <= s.size() || name[name.size() - s.size() - 1] == '/') continue;
      std::string_view end = name.substr(name.size() - s.size());
      if (lower(end) == lower(s)) return end;
    }
    return "";
  }

  // Opens it; when expanding, also under the names a suffix makes of it.
  std::optional<int> open_source(std::string& name) {
    uint32_t flags = kOpenRead | kOpenNonblock | (!o_.force && !o_.to_stdout ? kOpenNoFollow : 0u);
    auto fd = p_.open(name, flags);
    if (fd) return *fd;
    if (o_.decompress && fd.error() == Errno::NOENT && suffix_of(name).empty()) {
      const std::string_view known[] = {o_.suffix, ".gz", ".z", "-z", ".Z"};
      for (std::string_view s : known) {
        std::string longer = name + std::string(s);
        auto other = p_.open(longer, flags);
        if (other) {
          name = longer;
          return *other;
        }
        if (other.error() != Errno::NOENT) {
          error(longer, other.error());
          return std::nullopt;
        }
      }
      name += o_.suffix;
    }
    error(name, fd.error());
    return std::nullopt;
  }

  // The name of what will be written. False: nothing to do (a message was given).
  bool make_name(const std::string& in, std::string& out) {
    std::string_view suffix = suffix_of(in);
    bool tell = o_.verbose || (!o_.recursive && !o_.quiet);
    out = in;
    if (!o_.decompress) {
      if (!suffix.empty() && !o_.force) {
        if (tell) say("gzip: " + in + " already has " + std::string(suffix) + " suffix -- unchanged\n");
        return false;
      }
      out += o_.suffix;
      return true;
    }
    if (suffix.empty()) {
      if (!o_.recursive && (o_.list || o_.test)) return true;
      if (tell) warn(in + ": unknown suffix -- ignored");
      return false;
    }
    std::string low = lower(suffix);
    out.resize(out.size() - suffix.size());
    if (low == ".tgz" || low == ".taz") out += ".tar";
    return true;
  }

  // ---- one file
  void treat_stdin() {
    Input in(p_, 0, "stdin", false);
    auto st = p_.fstat(0);
    if (!o_.decompress && !o_.force && p_.isatty(1)) {
      say("gzip: compressed data not written to a terminal. Use -f to force compression.\nFor help, type: gzip -h\n");
      p_.exit(1);
    }
    if (o_.decompress && !o_.force && p_.isatty(0)) {
      say("gzip: compressed data not read from a terminal. Use -f to force decompression.\nFor help, type: gzip -h\n");
      p_.exit(1);
    }
    GzipHeader header;
    if (st && st->is_regular() && o_.no_name != true) header.mtime = static_cast<uint32_t>(st->mtime.sec);
    name_ = "stdin";
    out_name_ = "stdout";
    bool good = work(in, header);
    if (!good) return;
    if (o_.list) return print_list(st && st->is_regular() ? st->size : total_.in);
    if (!o_.verbose) return;
    if (o_.test) say(" OK\n");
    else if (!o_.decompress) say(ratio(total_.in, total_.out - header_bytes_) + "\n");
  }

  void treat_directory(const std::string& dir) {
    auto entries = p_.list(dir);
    if (!entries) return error(dir, entries.error());
    for (const auto& e : *entries) {
      p_.tick();
      deep_call([&] { treat_file(join_path(dir, e.name)); });
    }
  }

  bool refuse(const Stat& st) {
    if (o_.to_stdout) return false;
    std::string why;
    if (!st.is_regular()) why = " is not a directory or a regular file - ignored";
    else if (st.mode & 04000) why = " is set-user-ID on execution - ignored";
    else if (st.mode & 02000) why = " is set-group-ID on execution - ignored";
    else if (st.mode & 01000) why = " has the sticky bit set - file ignored";
    else if (st.nlink > 1 && !o_.force) why = " has " + std::to_string(st.nlink - 1) + (st.nlink == 2 ? " other link" : " other links") + " -- file ignored";
    if (!why.empty()) warn(name_ + why);
    return !why.empty();
  }

  void treat_file(std::string file) {
    auto fd = open_source(file);
    if (!fd) return;
    name_ = file;
    Input in(p_, *fd, file);
    auto st = p_.fstat(*fd);
    if (!st) return error(file, st.error());
    if (st->is_dir()) {
      if (o_.recursive) treat_directory(file);
      else warn(file + " is a directory -- ignored");
      return;
    }
    if (refuse(*st)) return;
    if (o_.to_stdout && !o_.list && !o_.test) out_name_ = "stdout";
    else if (!make_name(file, out_name_)) return;
    GzipHeader header;
    if (o_.no_name != true) {
      header.name = std::string(base_name(file));
      if (st->is_regular() && st->mtime.sec >= 0 && st->mtime.sec <= int64_t{UINT32_MAX}) header.mtime = static_cast<uint32_t>(st->mtime.sec);
    }
    treat_opened(in, header, *st);
  }

  void treat_opened(Input& in, GzipHeader& header, const Stat& st) {
    if (o_.decompress && (!is_known(in) || !peek_first(in, header))) return;
    std::optional<NewFile> file;
    if (!o_.to_stdout) {
      if (!create(file)) return;
      new_file_ = &*file;
    }
    if (o_.verbose && !o_.list) say(name_ + ":\t");
    bool good = work(in, header);
    new_file_ = nullptr;
    if (!good) {
      if (file) file->discard();
      return;
    }
    if (file) {
      bool stamp = o_.decompress && o_.no_name == false && header_.mtime != 0;
      Timespec when{static_cast<int64_t>(header_.mtime), 0};
      file->keep(st, stamp ? &when : nullptr);
      if (!o_.keep) {
        if (auto done = p_.unlink(name_); !done) error(name_, done.error());
      }
    }
    if (o_.list) return print_list(st.is_regular() ? st.size : total_.in);
    if (o_.verbose) report();
  }

  void report() {
    std::string text;
    if (o_.test) text = " OK";
    else if (o_.decompress) text = ratio(last_.out, total_.in - header_bytes_);
    else text = ratio(total_.in, total_.out - header_bytes_);
    if (!o_.test) text += std::string(" -- ") + (o_.keep ? "created " : "replaced with ") + out_name_;
    say(text + "\n");
  }

  // -N: the name in the header decides, in the directory of the file.
  bool peek_first(Input& in, GzipHeader& header) {
    if (o_.no_name != false) return true;
    std::string_view block = in.block(1024);
    auto codec = make_gunzip(&header, true);
    char none[1];
    std::span<char> out(none, 0);
    (void)codec->run(block, out, false);
    if (!header.complete || header.name.empty()) return true;
    std::string own(base_name(header.name));
    if (own.empty() || own == "." || own == ".." || own == "/") return true;
    if (o_.list || !o_.to_stdout) out_name_ = name_.find('/') == name_.npos || o_.list ? own : join_path(dir_name(name_), own);
    return true;
  }

  bool create(std::optional<NewFile>& file) {
    file.emplace(p_, out_name_);
    Errno e = file->create();
    if (e == Errno::EXIST) {
      bool overwrite = o_.force;
      if (!overwrite) {
        if (!p_.isatty(0)) {
          say("gzip: " + out_name_ + " already exists;\tnot overwritten\n");
          if (status_ == 0) status_ = 2;
          return false;
        }
        say("gzip: " + out_name_ + " already exists; do you wish to overwrite (y or n)? ");
        overwrite = is_yes(read_answer(p_, 0));
        if (!overwrite) say("\tnot overwritten\n");
      }
      if (!overwrite) {
        if (status_ == 0) status_ = 2;
        return false;
      }
      (void)p_.unlink(out_name_);
      e = file->create();
    }
    if (e != Errno::OK) error(out_name_, e);
    return e == Errno::OK;
  }

  // ---- the data
  bool put(std::string_view bytes) {
    if (o_.test || o_.list) return true;
    if (new_file_) {
      if (new_file_->write(bytes)) return true;
      abort(out_name_ + ": " + std::string(message(new_file_->error())));
    }
    auto done = p_.write(1, bytes);
    if (!done) abort("stdout: " + std::string(message(done.error())));
    return true;
  }

  bool work(Input& in, const GzipHeader& header) {
    total_ = last_ = Pumped();
    part_ = 0;
    lzw_ = false;
    if (o_.decompress) return expand(in);
    auto codec = make_gzip(o_.level, header, o_.rsyncable);
    total_ = pump(p_, in, *codec, [&](std::string_view s) { return put(s); });
    if (total_.status != CodecStatus::End) abort(name_ + ": " + std::string(message(in.error() == Errno::OK ? Errno::NOMEM : in.error())));
    header_bytes_ = 18 + (header.name.empty() ? 0 : header.name.size() + 1);
    return true;
  }

  void read_failed(const Input& in) {
    if (in.error() != Errno::OK) abort(name_ + ": " + std::string(message(in.error())));
    abort(name_ + ": unexpected end of file");
  }

  // Every member; true when there was one and it was good.
  bool expand(Input& in) {
    while (true) {
      std::string_view magic = in.block(2).substr(0, 2);
      if (part_ == 0 && magic == "\x1f\x9d") return expand_lzw(in);
      bool is_gzip = magic == "\x1f\x8b";
      if (!is_gzip && o_.force && o_.to_stdout && !o_.list) {
        Pumped done = copy_through(in, [&](std::string_view s) { return put(s); });
        last_ = done;
        total_.in += done.in;
        total_.out += done.out;
        header_bytes_ = 0;
        if (in.error() != Errno::OK) read_failed(in);
        return true;
      }
      if (magic.size() < 2 && !magic.starts_with('\0')) read_failed(in);
      if (!is_gzip) return part_ == 0 ? not_gzip() : rest(in);
      if (!expand_member(in)) return false;
      if (!in.more()) return true;
    }
  }

  // Whether the first bytes are those of a member, where that is asked for; a message if not.
  bool is_known(Input& in) {
    if (o_.force && o_.to_stdout && !o_.list) return true;
    std::string_view magic = in.block(2);
    if (magic.size() < 2) read_failed(in);
    if (!magic.starts_with("\x1f\x9d")) return magic.starts_with("\x1f\x8b") || not_gzip();
    std::string_view head = in.block(3);
    unsigned bits = head.size() < 3 ? 16 : static_cast<unsigned char>(head[2]) & 31;
    return bits <= 16 || too_many_bits(bits);
  }
  bool too_many_bits(unsigned bits) {
    say("\ngzip: " + name_ + ": compressed with " + std::to_string(bits) + " bits, can only handle 16 bits\n");
    status_ = 1;
    return false;
  }

  bool not_gzip() {
    say("\ngzip: " + name_ + ": not in gzip format\n");
    status_ = 1;
    return false;
  }

  // What follows the last member: zeros are padding.
  bool rest(Input& in) {
    bool zeros = true;
    for (std::string_view block = in.block(); zeros && !block.empty(); block = in.block()) {
      zeros = block.find_first_not_of('\0') == block.npos;
      if (zeros) in.consume(block.size());
    }
    if (!zeros) warn(name_ + ": decompression OK, trailing garbage ignored", "\n");
    else if (o_.verbose) warn(name_ + ": decompression OK, trailing zero bytes ignored", "\n");
    if (auto st = p_.fstat(in.fd()); st && st->is_regular()) total_.in = st->size;
    return true;
  }

  // compress's format: the rest of the input is one stream.
  bool expand_lzw(Input& in) {
    lzw_ = true;
    part_ = 1;
    header_ = GzipHeader();
    header_bytes_ = 0;
    auto codec = make_uncompress();
    std::string head(in.block(3).substr(0, 3));
    total_ = last_ = pump(p_, in, *codec, [&](std::string_view s) { return put(s); });
    if (last_.status == CodecStatus::End) return true;
    if (last_.status == CodecStatus::Unsupported) return too_many_bits(static_cast<unsigned char>(head[2]) & 31);
    if (head.size() < 3 || last_.status == CodecStatus::Truncated || last_.status == CodecStatus::More) read_failed(in);
    abort(name_ + ": corrupt input." + (o_.to_stdout || last_.out == 0 ? "" : " Use zcat to recover some data."));
  }

  bool expand_member(Input& in) {
    part_++;
    GzipHeader header;
    auto codec = make_gunzip(&header, o_.force);
    last_ = pump(p_, in, *codec, [&](std::string_view s) { return put(s); });
    total_.in += last_.in;
    total_.out += last_.out;
    header_bytes_ = part_ == 1 ? header.size + 8 : 0;
    if (part_ == 1) header_ = header;
    else header_.crc = header.crc;
    switch (last_.status) {
      case CodecStatus::End: return true;
      case CodecStatus::More:
      case CodecStatus::Truncated: read_failed(in); return false;
      case CodecStatus::Unsupported: return unsupported(header);
      case CodecStatus::Check:
      case CodecStatus::Length: return bad_trailer(header);
      case CodecStatus::Memory: abort(name_ + ": " + std::string(message(Errno::NOMEM)));
      default: abort(name_ + ": invalid compressed data--format violated");
    }
  }

  bool unsupported(const GzipHeader& h) {
    if (h.method != 8) error(name_ + ": unknown method " + std::to_string(h.method) + " -- not supported");
    else if (h.flags & 32) error(name_ + " is encrypted -- not supported");
    else {
      char text[64];
      std::snprintf(text, sizeof text, " has flags 0x%x -- not supported", h.flags);
      error(name_ + text);
    }
    return false;
  }

  bool bad_trailer(const GzipHeader& h) {
    if (!h.complete) {
      error(name_ + ": header checksum mismatch");
      return false;
    }
    if (h.crc != h.computed_crc) say("\ngzip: " + name_ + ": invalid compressed data--crc error\n");
    if (h.length != h.computed_length) say("\ngzip: " + name_ + ": invalid compressed data--length error\n");
    status_ = 1;
    if (o_.test) return false;
    if (new_file_) new_file_->discard();
    p_.exit(1);
  }

  // ---- numbers
  // Space saved: " 33.3%".
  static std::string ratio(uint64_t whole, uint64_t small) {
    double saved = whole == 0 ? 0 : 100.0 * (static_cast<double>(whole) - static_cast<double>(small)) / static_cast<double>(whole);
    char text[32];
    std::snprintf(text, sizeof text, "%5.1f%%", saved);
    return text;
  }

  void print_list(uint64_t compressed) {
    Output out(p_);
    if (!std::exchange(listed_, true) && !o_.quiet)
      out.format("%s%19s %19s  ratio uncompressed_name\n", o_.verbose ? "method  crc     date  time  " : "", "compressed", "uncompressed");
    if (o_.verbose) {
      static const char* const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
      int64_t when = o_.no_name == false ? header_.mtime : 0;
      if (when == 0) {
        auto st = p_.stat(name_);
        when = st ? st->mtime.sec : p_.now().sec;
      }
      CivilTime t = process_zone(p_).local(when);
      if (lzw_) out.write("compr ffffffffffffffff ");
      else out.format("defla %08x ", header_.crc);
      out.format("%s %2d %02d:%02d ", months[t.month - 1], t.day, t.hour, t.minute);
    }
    out.format("%19llu %19llu %s %s\n", static_cast<unsigned long long>(compressed), static_cast<unsigned long long>(last_.out),
               ratio(last_.out, compressed - header_bytes_).c_str(), out_name_.c_str());
    sum_in_ += compressed;
    sum_out_ += last_.out;
    out.flush();
  }

  void print_totals() {
    Output out(p_);
    out.format("%s%19llu %19llu %s (totals)\n", o_.verbose ? "                            " : "", static_cast<unsigned long long>(sum_in_),
               static_cast<unsigned long long>(sum_out_), ratio(sum_out_, sum_in_ - header_bytes_).c_str());
    out.flush();
  }

  Process& p_;
  const O& o_;
  int status_ = 0;
  std::string name_, out_name_;
  NewFile* new_file_ = nullptr;
  Pumped total_, last_;
  GzipHeader header_;
  unsigned part_ = 0;
  uint64_t header_bytes_ = 0, sum_in_ = 0, sum_out_ = 0;
  bool listed_ = false, lzw_ = false;
};

int gzip_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = read_gzip_options(p, kUsage, o, files)) return *status;
  return Gzipper(p, o).run(files);
}

}  // namespace

Command gzip_command() { return {{"gzip", "gunzip", "zcat"}, kUsage, gzip_main, MessageName::Short}; }

}  // namespace nacre
