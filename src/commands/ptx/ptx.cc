/// ptx - produce a permuted index of the words of files.
/// Source: GNU coreutils 9.1 manual, "ptx invocation".
/// Differs: none known.
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/ptx/fields.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: ptx [OPTION]... [INPUT]...   (without -G)\n"
    "  or:  ptx -G [OPTION]... [INPUT [OUTPUT]]\n"
    "Write a permuted index of the inputs: their words in order, each with what stands around it.\n\n"
    "With no INPUT, or when INPUT is -, read standard input.\n\n"
    "  -A, --auto-reference           file names and line numbers as references\n"
    "  -G, --traditional              closer to System V's ptx\n"
    "  -F, --flag-truncation=STRING   STRING (/) where context is cut\n"
    "  -M, --macro-name=STRING        macro name for -O and -T (xx)\n"
    "  -O, --format=roff              write roff directives\n"
    "  -R, --right-side-refs          references at the right, not counted in -w\n"
    "  -S, --sentence-regexp=REGEXP   what ends lines or sentences\n"
    "  -T, --format=tex               write TeX directives\n"
    "  -W, --word-regexp=REGEXP       what a word is\n"
    "  -b, --break-file=FILE          FILE holds the characters that separate words\n"
    "  -f, --ignore-case              fold lower case to upper case for sorting\n"
    "  -g, --gap-size=NUMBER          columns between fields (3)\n"
    "  -i, --ignore-file=FILE         leave out the words in FILE\n"
    "  -o, --only-file=FILE           list only the words in FILE\n"
    "  -r, --references               the first field of each line is a reference\n"
    "  -t, --typeset-mode             accepted, without effect (as in GNU's)\n"
    "  -w, --width=NUMBER             columns of a line, references excluded (72)\n"
    "      --help                     display this help and exit\n"
    "      --version                  output version information and exit\n";

/// C's escapes in -F, -S and -W; \c ends the text.
std::string unescape(std::string_view s) {
  std::string out;
  for (size_t i = 0; i < s.size(); i++) {
    if (s[i] != '\\') {
      out += s[i];
      continue;
    }
    if (++i == s.size()) break;
    constexpr std::string_view kFrom = "abfnrtv", kTo = "\a\b\f\n\r\t\v";
    if (size_t k = kFrom.find(s[i]); k != std::string_view::npos) {
      out += kTo[k];
      continue;
    }
    if (s[i] == 'c') break;
    if (s[i] == 'x') {
      int value = 0, n = 0;
      for (; n < 3 && i + 1 < s.size(); n++) {
        char c = ascii_lower(s[i + 1]);
        if (!ascii_digit(c) && !(c >= 'a' && c <= 'f')) break;
        value = value * 16 + (ascii_digit(c) ? c - '0' : c - 'a' + 10);
        i++;
      }
      if (n == 0) out += "\\x";
      else out += static_cast<char>(value);
    } else if (s[i] == '0') {
      int value = 0;
      for (int n = 0; n < 3 && i + 1 < s.size() && s[i + 1] >= '0' && s[i + 1] <= '7'; n++) value = value * 8 + (s[++i] - '0');
      out += static_cast<char>(value);
    } else {
      out.append("\\").append(1, s[i]);
    }
  }
  return out;
}

std::optional<int> size_option(Process& p, int64_t& to, std::string_view v, const char* what) {
  auto n = parse_int(v);
  if (n && *n > 0 && *n <= INT64_MAX / 4) {
    to = *n;
    return std::nullopt;
  }
  p.warn("invalid %s width: %s", what, quote(p, v).c_str());
  return 1;
}

constexpr Choice kFormats[] = {{"roff", static_cast<int>(PtxFormat::Roff)}, {"tex", static_cast<int>(PtxFormat::Tex)}};

using O = PtxOptions;
constexpr Flag<O> kFlags[] = {
    {'A', "auto-reference", &O::auto_reference},
    {'b', "break-file", &O::break_file},
    {'F', "flag-truncation", +[](O& o, std::string_view v) { o.truncation = unescape(v); }},
    {'f', "ignore-case", &O::fold_case},
    {'G', "traditional", +[](O& o) { o.gnu = false; }},
    {'g', "gap-size", +[](Process& p, O& o, std::string_view v) { return size_option(p, o.gap, v, "gap"); }},
    {'i', "ignore-file", &O::ignore_file},
    {'M', "macro-name", &O::macro},
    {'O', "", +[](O& o) { o.format = PtxFormat::Roff; }},
    {'o', "only-file", &O::only_file},
    {'r', "references", &O::input_reference},
    {'R', "right-side-refs", &O::right_reference},
    {'S', "sentence-regexp", +[](O& o, std::string_view v) { o.sentence = unescape(v); }},
    {'T', "", +[](O& o) { o.format = PtxFormat::Tex; }},
    {'t', "typeset-mode", +[](O&) {}},
    {'w', "width", +[](Process& p, O& o, std::string_view v) { return size_option(p, o.width, v, "line"); }},
    {'W', "word-regexp", +[](O& o, std::string_view v) { o.word = unescape(v); }},
    {0, "format",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       auto format = choose(p, "--format", v, kFormats);
       if (!format) return try_help(p);
       o.format = static_cast<PtxFormat>(*format);
       return std::nullopt;
     }},
};

int ptx_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  int output = 1;
  if (!o.gnu && files.size() > 1) {
    auto fd = p.open(files[1], kOpenWrite | kOpenCreate | kOpenTruncate, 0666);
    if (!fd) {
      p.warn(fd.error(), "%s", quote_name(p, files[1]).c_str());
      return 1;
    }
    if (files.size() > 2) return extra_operand(p, files[2]);
    output = *fd;
    files.pop_back();
  }
  if (files.empty()) files.emplace_back();
  if (o.format == PtxFormat::Unset) o.format = o.gnu ? PtxFormat::Plain : PtxFormat::Roff;
  WordIndex index(p, o);
  if (!index.prepare()) return 1;
  for (const auto& file : files)
    if (!index.add(file)) return 1;
  index.sort();
  Output out(p, output);
  PtxPrinter(p, o, index, out).print();
  return out.finish(0);
}

}  // namespace

Command ptx_command() { return {{"ptx"}, kUsage, ptx_main}; }

}  // namespace nacre
