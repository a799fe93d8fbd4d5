/// rg - search directories for lines that match a regular expression.
/// Source: ripgrep 13 manual; checked against the tool.
/// Differs: rules in ignore files above a directory that is searched by its name hold for it, as in
/// ripgrep 14. The order of files, which varies from run to run in ripgrep, is that of their
/// paths; --threads and --mmap are taken and change nothing. Not there: --pre and --pre-glob, --debug,
/// --trace; raw bytes under (?-u) in patterns; with -z lz4 and brotli.
#include <algorithm>

#include "algo/bzip2.h"
#include "algo/charset.h"
#include "algo/gzip.h"
#include "algo/lzw.h"
#include "algo/xz.h"
#include "algo/unicode.h"
#include "algo/zstd.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/pump.h"
#include "commands/rg/printer.h"
#include "commands/rg/walk.h"

namespace nacre {
namespace {

using Mode = RgOptions::Mode;

int64_t nanos(Timespec t) { return t.sec * 1'000'000'000 + t.nsec; }

// By the ending of the name, as rg chooses a program for it.
std::unique_ptr<Codec> codec_for(std::string_view path) {
  auto ends = [&](std::string_view s) { return path.ends_with(s); };
  if (ends(".gz") || ends(".tgz")) return make_gunzip();
  if (ends(".bz2") || ends(".tbz2")) return make_bunzip2();
  if (ends(".xz") || ends(".txz")) return make_unxz(XzFormat::Xz, UINT64_MAX);
  if (ends(".lzma")) return make_unxz(XzFormat::Lzma, UINT64_MAX);
  if (ends(".zst") || ends(".zstd")) return make_unzstd();
  if (ends(".Z")) return make_uncompress();
  return nullptr;
}

class Rg {
 public:
  Rg(Process& p, RgOptions& o) : p_(p), o_(o), out_(p, 1, 2), walk_(p, o, out_), searcher_(p, o, matcher_) {}

  int run() {
    started_ = p_.now(Clock::Monotonic);
    if (o_.mode == Mode::TypeList) return type_list();
    if (o_.mode != Mode::Files) {
      if (auto why = check_encoding(); !why.empty()) return fail(why);
      if (auto why = matcher_.compile(o_); !why.empty()) return fail(why);
    }
    if (auto why = walk_.prepare(); !why.empty()) return fail(why);
    choose_defaults();
    if (o_.max_count && *o_.max_count == 0 && o_.mode != Mode::Files) return 1;
    if (o_.mode == Mode::Json) printer_ = make_rg_json(p_, o_, matcher_, out_);
    else if (o_.mode == Mode::Lines && !o_.quiet) printer_ = make_rg_lines(p_, o_, matcher_, out_);
    else printer_ = make_rg_summary(p_, o_, matcher_, out_);
    if (o_.line_buffered) out_.set_line_buffered(true);
    all_paths();
    if (default_path_ && !searched_ && o_.mode != Mode::Files) {
      out_.flush();
      if (o_.messages)
        write_error(p_,
                    "No files were searched, which means ripgrep probably applied a filter you didn't expect.\nRunning with --debug will show why files are "
                    "being skipped.\n");
      failed_ = true;
    }
    if (o_.mode != Mode::Files) printer_->end(nanos(p_.now(Clock::Monotonic)) - nanos(started_));
    out_.flush();
    failed_ = failed_ || walk_.failed();
    if (matched_ && (o_.quiet || !failed_)) return 0;
    return failed_ ? 2 : 1;
  }

 private:
  int fail(const std::string& text) {
    write_error(p_, text + "\n");
    return 2;
  }

  int type_list() {
    for (auto& [name, globs] : o_.types.table()) {
      std::sort(globs.begin(), globs.end());
      globs.erase(std::unique(globs.begin(), globs.end()), globs.end());
      out_.write(name + ": ");
      for (const auto& g : globs) out_.write((&g == &globs.front() ? "" : ", ") + g);
      out_.put('\n');
    }
    return out_.finish(0);
  }

  std::string check_encoding() {
    if (o_.encoding == "auto" || o_.encoding == "none") return {};
    bool plain =
        !o_.encoding.empty() && o_.encoding.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:") == std::string::npos;
    std::string folded;
    for (char c : o_.encoding) folded += ascii_lower(c);
    if (folded == "utf-16") o_.encoding = "UTF-16LE";   // as browsers read the name
    if (folded == "utf8") o_.encoding = "utf-8";
    if (!plain || !CharsetConverter::open("UTF-8", o_.encoding)) return "grep config error: unknown encoding: " + o_.encoding;
    return {};
  }

  // What depends on the terminal and on what is searched.
  void choose_defaults() {
    bool terminal = p_.isatty(1);
    if (o_.color == RgOptions::When::Auto) o_.color = terminal && rg_colors_wanted(p_) ? RgOptions::When::Always : RgOptions::When::Never;
    if (o_.paths.empty()) {
      // Standard input, where something is there to be read.
      auto in = p_.fstat(0);
      bool readable = in && (in->is_regular() || in->type == FileType::Fifo || in->type == FileType::Socket);
      if (readable && o_.mode != Mode::Files && !pattern_from_stdin()) {
        o_.paths = {"-"};
      } else {
        o_.paths = {""};
        default_path_ = true;
      }
    }
    bool only_stdin = o_.paths.size() == 1 && o_.paths[0] == "-";
    bool one_file = !default_path_ && o_.paths.size() == 1 && (only_stdin || is_file(o_.paths[0]));
    show_path_ = o_.names.value_or(o_.vimgrep || !one_file);
    if (o_.vimgrep) {
      o_.heading = false;
      if (!o_.line_numbers) o_.line_numbers = true;
      if (!o_.column) o_.column = true;
    }
    if (!o_.heading) o_.heading = terminal;
    if (o_.column.value_or(false) && !o_.line_numbers) o_.line_numbers = true;
    if (!o_.line_numbers) o_.line_numbers = terminal && !only_stdin;
  }
  bool pattern_from_stdin() const {
    const auto& a = p_.argv();
    for (size_t i = 1; i + 1 < a.size(); i++)
      if ((a[i] == "-f" || a[i] == "--file") && a[i + 1] == "-") return true;
    return std::find(a.begin(), a.end(), "-f-") != a.end() || std::find(a.begin(), a.end(), "--file=-") != a.end();
  }
  bool is_file(const std::string& path) const {
    auto st = p_.stat(path);
    return !st || !st->is_dir();
  }

  void all_paths() {
    for (const auto& path : o_.paths) {
      bool go_on;
      if (path == "-" && o_.mode != Mode::Files) go_on = standard_input();
      else go_on = walk_.walk(path, [&](const RgFound& f) { return one(f); });
      if (!go_on) return;
    }
  }

  bool standard_input() {
    searched_ = true;
    Input in(p_, 0, "-", false);
    return search(in, "<stdin>", true);
  }

  // False: nothing more is wanted.
  bool one(const RgFound& f) {
    searched_ = true;
    if (o_.mode == Mode::Files) {
      matched_ = true;
      if (o_.quiet) return false;
      list_name(f.path);
      return true;
    }
    auto fd = p_.open(f.path, kOpenRead);
    if (!fd) {
      report(f.path, fd.error());
      return true;
    }
    Input in(p_, *fd, f.path);
    return search(in, f.path, f.explicit_file);
  }

  void list_name(const std::string& path) {
    std::string name = path;
    if (!o_.path_separator.empty())
      for (char& c : name)
        if (c == '/') c = o_.path_separator[0];
    if (o_.color == RgOptions::When::Always) {
      if (!name_printer_) name_printer_ = make_rg_summary(p_, o_, matcher_, out_);
      name_printer_->begin(name, true, false);
      name_printer_->write_path();
    } else {
      out_.write(name);
    }
    out_.put(o_.null_names ? '\0' : '\n');
  }

  void report(const std::string& path, Errno e) {
    failed_ = true;
    if (!o_.messages) return;
    out_.flush();
    write_error(p_, path + ": " + std::string(message(e)) + " (os error " + std::to_string(static_cast<int>(e)) + ")\n");
  }

  bool search(Input& in, const std::string& name, bool explicit_file) {
    RgSearch how;
    how.text = o_.binary == RgOptions::Binary::Text || o_.null_data;
    how.quit_at_nul = !explicit_file && o_.binary == RgOptions::Binary::Auto;
    printer_->begin(name, show_path_, how.quit_at_nul);
    Timespec from = p_.now(Clock::Monotonic);
    uint64_t bytes = 0;
    auto codec = o_.search_zip ? codec_for(name) : nullptr;
    if (codec) unpacked(in, *codec, how, bytes);
    else bytes = searcher_.search(in, how, *printer_);
    int64_t spent = o_.stats || o_.json ? nanos(p_.now(Clock::Monotonic)) - nanos(from) : 0;
    bool found = printer_->finish(bytes, spent);
    if (in.error() != Errno::OK) report(name, in.error());
    matched_ = matched_ || found;
    return !(o_.quiet && matched_ && !o_.stats);
  }

  // What a compressed file holds is searched as one text, in memory.
  void unpacked(Input& in, Codec& codec, const RgSearch& how, uint64_t& bytes) {
    std::string text;
    uint64_t charged = 0;
    Pumped done = pump(p_, in, codec, [&](std::string_view part) {
      p_.charge_memory(part.size());
      charged += part.size();
      text += part;
      return true;
    });
    if (done.status != CodecStatus::End) {
      failed_ = true;
      if (o_.messages) {
        out_.flush();
        write_error(p_, in.name() + ": cannot be decompressed\n");
      }
    }
    bytes = searcher_.search_text(text, how, *printer_);
    p_.release_memory(charged);
  }

  Process& p_;
  RgOptions& o_;
  Output out_;
  RgMatcher matcher_;
  RgWalk walk_;
  RgSearcher searcher_;
  std::unique_ptr<RgPrinter> printer_, name_printer_;
  Timespec started_;
  bool show_path_ = false, default_path_ = false, searched_ = false, matched_ = false, failed_ = false;
};

int rg_main(Process& p) {
  RgOptions o;
  if (auto status = read_rg_options(p, o)) return *status;
  return Rg(p, o).run();
}

}  // namespace

Command rg_command() { return {{"rg"}, kRgUsage, rg_main, MessageName::Short}; }

}  // namespace nacre
