/// iconv - convert text from one character encoding to another.
/// Source: iconv(1) of glibc 2.36, checked against the tool; POSIX XCU iconv.
/// Differs: on a terminal too, -l prints a line a name; usage text is in our own words.
#include "algo/charset.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: iconv [OPTION...] [FILE...]\n"
    "Convert encoding of given files from one encoding to another.\n\n"
    "  -f, --from-code=NAME   encoding of the input (that of the locale)\n"
    "  -t, --to-code=NAME     encoding of the output; NAME//TRANSLIT: similar characters for\n"
    "                         those that it lacks, NAME//IGNORE: without them\n"
    "  -l, --list             list the names of encodings\n"
    "  -c                     leave out what cannot be converted\n"
    "  -o, --output=FILE      write to FILE\n"
    "  -s, --silent           suppress warnings (there are none)\n"
    "      --verbose          name the files as they are converted\n"
    "  -?, --help             give this help list\n"
    "      --usage            give a short usage message\n"
    "  -V, --version          print program version\n";
constexpr char kTry[] = "Try `iconv --help' or `iconv --usage' for more information.\n";
constexpr char kShort[] =
    "Usage: iconv [-cls?V] [-f NAME] [-t NAME] [-o FILE] [--from-code=NAME] [--to-code=NAME] [--list]\n            [--output=FILE] [--silent] [--verbose] "
    "[--help] "
    "[--usage] [--version] [FILE...]\n";

struct Options {
  std::string from, to;
  std::optional<std::string> output;
  bool list = false, omit = false, verbose = false;
};

int print(Process& p, const char* text) {
  Output out(p);
  out.write(text);
  return out.finish(0);
}

int list(Process& p) {
  Output out(p);
  std::string_view names = charset_names();
  for (size_t at = 0; at < names.size();) {
    size_t end = std::min(names.find(' ', at), names.size());
    out.line(names.substr(at, end - at));
    at = end + 1;
  }
  return out.finish(0);
}

enum Choice { kFrom, kTo, kList, kOmit, kOutput, kSilent, kVerbose, kHelp, kShortUsage, kVersion };
constexpr OptionSpec kSpecs[] = {
    {'f', "from-code", ArgKind::Required}, {'t', "to-code", ArgKind::Required}, {'l', "list", ArgKind::None},  {'c', "", ArgKind::None},
    {'o', "output", ArgKind::Required},    {'s', "silent", ArgKind::None},      {0, "verbose", ArgKind::None}, {'?', "help", ArgKind::None},
    {0, "usage", ArgKind::None},           {'V', "version", ArgKind::None}};

class Converter {
 public:
  Converter(Process& p, const Options& o, CharsetConverter& charset, Output& out, bool whole) : p_(p), o_(o), charset_(charset), out_(out), whole_(whole) {}

  /// 1: -c left nothing of a file.
  int status() const { return status_; }

  // False: conversion is over.
  bool file(Input& in) {
    std::string held;   // of a character whose end is in the next block
    for (std::string_view block = next(in); !block.empty(); block = next(in)) {
      std::string_view rest = block;
      if (!held.empty()) rest = held += block;
      p_.tick(static_cast<uint32_t>(block.size() / 16));
      if (!convert(rest)) return false;
      held = std::string(rest);   // a copy first: it may be a part of `held`
      in.consume(block.size());
    }
    if (in.error() != Errno::OK) return fail("error while reading the input: " + std::string(message(in.error())));
    if (!held.empty()) return fail("incomplete character or shift sequence at end of buffer");
    std::string text;
    charset_.finish(text);
    out_.write(text);
    if (left_out_ && made_ == 0) status_ = 1;
    taken_ = made_ = 0;
    left_out_ = false;
    return true;
  }

 private:
  static constexpr size_t kRoom = Output::kBlock;

  std::string_view next(Input& in) { return whole_ ? in.all() : in.block(); }

  // What can be converted is taken off `text`.
  bool convert(std::string_view& text) {
    while (true) {
      std::span<char> room(out_.room(kRoom), kRoom);
      const size_t before = text.size();
      auto status = charset_.convert(text, room);
      const size_t made = kRoom - room.size();
      out_.take(made);
      made_ += made;
      taken_ += before - text.size();
      if (status == CharsetConverter::Status::Full && (made > 0 || text.size() < before)) continue;
      if (status == CharsetConverter::Status::Done || status == CharsetConverter::Status::Incomplete) return true;
      left_out_ = true;
      if (!o_.omit) return fail("illegal input sequence at position " + std::to_string(taken_));
      if (text.empty()) return true;
      text.remove_prefix(1);
    }
  }

  bool fail(const std::string& text) {
    out_.flush();
    p_.warn("%s", text.c_str());
    return false;
  }

  Process& p_;
  const Options& o_;
  CharsetConverter& charset_;
  Output& out_;
  bool whole_;               // an error with //IGNORE is one of the whole text
  uint64_t taken_ = 0, made_ = 0;   // bytes of the file that were converted, and of what became of them
  bool left_out_ = false;
  int status_ = 0;
};

int convert(Process& p, Options& o, std::vector<std::string> files) {
  const char* own = p.utf8() ? "UTF-8" : "ANSI_X3.4-1968";
  if (o.from.empty()) o.from = own;
  if (o.to.empty() || o.to.starts_with("//")) o.to = own + o.to;
  std::string to = o.to;
  if (o.omit && to.find("//IGNORE") == std::string::npos) to += to.find("//") == std::string::npos ? "//IGNORE" : ",IGNORE";
  const bool whole = !o.omit && lower(to, false).find("//ignore") != std::string::npos;
  auto charset = CharsetConverter::open(to, o.from, whole);
  if (!charset) {
    p.warn("failed to start conversion processing: No such file or directory");
    return 1;
  }
  int fd = 1;
  if (o.output && *o.output != "-") {
    auto opened = p.open(*o.output, kOpenWrite | kOpenCreate | kOpenTruncate);
    if (!opened) {
      p.warn(opened.error(), "cannot open output file");
      return 1;
    }
    fd = *opened;
  }
  Output out(p, fd);
  Converter converter(p, o, *charset, out, whole);
  if (files.empty()) files = {"-"};
  int status = 0;
  for (const auto& file : files) {
    if (o.verbose) write_error(p, file + ":\n");
    auto opened = file == "-" ? Result<int>(0) : p.open(file, kOpenRead);
    if (!opened) {
      out.flush();
      p.warn(opened.error(), "cannot open input file `%s'", file.c_str());
      status = 1;
      continue;
    }
    Input in(p, *opened, file, file != "-");
    if (!converter.file(in)) return out.finish(1);
  }
  status |= converter.status();
  return out.finish(status);
}

int iconv_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  auto status = parse_options(p, kTry, kSpecs, p.argv(), {.error_status = 64, .help_version = false, .short_help = true}, files,
                              [&](size_t i, std::optional<std::string_view> v) -> std::optional<int> {
                                switch (i) {
                                  case kFrom: o.from = std::string(*v); break;
                                  case kTo: o.to = std::string(*v); break;
                                  case kList: o.list = true; break;
                                  case kOmit: o.omit = true; break;
                                  case kOutput: o.output = std::string(*v); break;
                                  case kSilent: break;   // nothing is warned about
                                  case kVerbose: o.verbose = true; break;
                                  case kHelp: return print(p, kUsage);
                                  case kShortUsage: return print(p, kShort);
                                  default: return print_version(p);
                                }
                                return std::nullopt;
                              });
  if (status) return *status;
  return o.list ? list(p) : convert(p, o, std::move(files));
}

}  // namespace

Command iconv_command() { return {{"iconv"}, kUsage, iconv_main}; }

}  // namespace nacre
