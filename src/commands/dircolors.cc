/// dircolors - color setup for ls.
/// Source: GNU coreutils 9 manual, "dircolors invocation"; checked against the tool.
/// Differs: the comments of --print-database and the usage text are in our own words.
#include <algorithm>

#include "algo/glob.h"
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/color_terms.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: dircolors [OPTION]... [FILE]\n"
    "Output commands to set the LS_COLORS environment variable.\n\n"
    "  -b, --sh, --bourne-shell    output Bourne shell code\n"
    "  -c, --csh, --c-shell        output C shell code\n"
    "  -p, --print-database        output the colors used without FILE\n"
    "      --print-ls-colors       output fully escaped colors for display\n"
    "      --help                  display this help and exit\n"
    "      --version               output version information and exit\n\n"
    "FILE (- is standard input) says which colors to use for which file types and extensions.\n";

constexpr std::pair<std::string_view, std::string_view> kBasic[] = {{"RESET", "0"},
                                                                    {"DIR", "01;34"},
                                                                    {"LINK", "01;36"},
                                                                    {"MULTIHARDLINK", "00"},
                                                                    {"FIFO", "40;33"},
                                                                    {"SOCK", "01;35"},
                                                                    {"DOOR", "01;35"},
                                                                    {"BLK", "40;33;01"},
                                                                    {"CHR", "40;33;01"},
                                                                    {"ORPHAN", "40;31;01"},
                                                                    {"MISSING", "00"},
                                                                    {"SETUID", "37;41"},
                                                                    {"SETGID", "30;43"},
                                                                    {"CAPABILITY", "00"},
                                                                    {"STICKY_OTHER_WRITABLE", "30;42"},
                                                                    {"OTHER_WRITABLE", "34;42"},
                                                                    {"STICKY", "37;44"},
                                                                    {"EXEC", "01;32"}};
struct Group {
  std::string_view color, names;
};
constexpr Group kGroups[] = {
    {"01;31",
     ".tar .tgz .arc .arj .taz .lha .lz4 .lzh .lzma .tlz .txz .tzo .t7z .zip .z .dz .gz .lrz .lz .lzo .xz .zst .tzst "
     ".bz2 .bz .tbz .tbz2 .tz .deb .rpm .jar .war .ear .sar .rar .alz .ace .zoo .cpio .7z .rz .cab .wim .swm .dwm "
     ".esd "},
    {"01;35",
     ".avif .jpg .jpeg .mjpg .mjpeg .gif .bmp .pbm .pgm .ppm .tga .xbm .xpm .tif .tiff .png .svg .svgz .mng .pcx "
     ".mov .mpg .mpeg .m2v .mkv .webm .webp .ogm .mp4 .m4v .mp4v .vob .qt .nuv .wmv .asf .rm .rmvb .flc .avi .fli "
     ".flv .gl .dl .xcf .xwd .yuv .cgm .emf .ogv .ogx "},
    {"00;36", ".aac .au .flac .m4a .mid .midi .mka .mp3 .mpc .ogg .ra .wav .oga .opus .spx .xspf "},
    {"00;90",
     "*~ *# .bak .old .orig .part .rej .swp .tmp .dpkg-dist .dpkg-old .ucf-dist .ucf-new .ucf-old .rpmnew .rpmorig "
     ".rpmsave "},
};

struct Options {
  char shell = 0;   ///< b or c
  bool database = false, display = false;
};
constexpr Flag<Options> kFlags[] = {
    {'b', "sh", +[](Options& o) { o.shell = 'b'; }},  {'b', "bourne-shell", +[](Options& o) { o.shell = 'b'; }},
    {'c', "csh", +[](Options& o) { o.shell = 'c'; }}, {'c', "c-shell", +[](Options& o) { o.shell = 'c'; }},
    {'p', "print-database", &Options::database},      {0, "print-ls-colors", &Options::display},
};

/// Keywords and what stands for them in LS_COLORS.
constexpr std::pair<std::string_view, std::string_view> kCodes[] = {{"NORMAL", "no"},
                                                                    {"NORM", "no"},
                                                                    {"FILE", "fi"},
                                                                    {"RESET", "rs"},
                                                                    {"DIR", "di"},
                                                                    {"LNK", "ln"},
                                                                    {"LINK", "ln"},
                                                                    {"SYMLINK", "ln"},
                                                                    {"ORPHAN", "or"},
                                                                    {"MISSING", "mi"},
                                                                    {"FIFO", "pi"},
                                                                    {"PIPE", "pi"},
                                                                    {"SOCK", "so"},
                                                                    {"BLK", "bd"},
                                                                    {"BLOCK", "bd"},
                                                                    {"CHR", "cd"},
                                                                    {"CHAR", "cd"},
                                                                    {"DOOR", "do"},
                                                                    {"EXEC", "ex"},
                                                                    {"LEFT", "lc"},
                                                                    {"LEFTCODE", "lc"},
                                                                    {"RIGHT", "rc"},
                                                                    {"RIGHTCODE", "rc"},
                                                                    {"END", "ec"},
                                                                    {"ENDCODE", "ec"},
                                                                    {"SUID", "su"},
                                                                    {"SETUID", "su"},
                                                                    {"SGID", "sg"},
                                                                    {"SETGID", "sg"},
                                                                    {"STICKY", "st"},
                                                                    {"OTHER_WRITABLE", "ow"},
                                                                    {"OWR", "ow"},
                                                                    {"STICKY_OTHER_WRITABLE", "tw"},
                                                                    {"OWT", "tw"},
                                                                    {"CAPABILITY", "ca"},
                                                                    {"MULTIHARDLINK", "mh"}};

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// What is used without a file.
std::string database() {
  std::string out =
      "# The colors of ls: keywords and extensions with SGR parameters.\n# They count for the terminals that one of these patterns matches.\nCOLORTERM ?*\n";
  for (auto term : words(kColorTerms)) out += "TERM " + std::string(term) + "\n";
  for (auto [keyword, color] : kBasic) out += std::string(keyword) + " " + std::string(color) + "\n";
  for (const auto& group : kGroups)
    for (auto name : words(group.names)) out += std::string(name) + " " + std::string(group.color) + "\n";
  return out;
}

class Parser {
 public:
  Parser(Process& p, bool display) : p_(p), display_(display) {
    const char *term = p.getenv("TERM"), *color = p.getenv("COLORTERM");
    term_ = term && *term ? term : "none";
    color_ = color ? color : "";
  }

  // False after messages. `name` is null for the database.
  bool parse(std::string_view text, const char* name) {
    size_t number = 0;
    bool fine = true;
    for (size_t at = 0; at < text.size();) {
      size_t end = std::min(text.find('\n', at), text.size());
      number++;
      if (!line(text.substr(at, end - at), name, number)) fine = false;
      at = end + 1;
      p_.tick();
    }
    return fine;
  }
  const std::string& result() const { return out_; }

 private:
  enum class State : uint8_t { Global, No, Yes, Sure };

  bool line(std::string_view s, const char* name, size_t number) {
    size_t i = 0;
    while (i < s.size() && ascii_space(s[i])) i++;
    if (i == s.size() || s[i] == '#') return true;
    size_t from = i;
    while (i < s.size() && !ascii_space(s[i])) i++;
    std::string keyword(s.substr(from, i - from));
    while (i < s.size() && ascii_space(s[i])) i++;
    std::string_view value = s.substr(i, s.find('#', i) - i);
    while (!value.empty() && ascii_space(value.back())) value.remove_suffix(1);
    if (value.empty()) {
      p_.warn("%s:%zu: invalid line;  missing second token", name ? quote_name(p_, name).c_str() : "<internal>", number);
      return false;
    }
    std::string upper;
    for (char c : keyword) upper += ascii_upper(c);
    if (upper == "TERM" || upper == "COLORTERM") {
      if (state_ != State::Sure) state_ = Glob::compile(value, 0).match(upper == "TERM" ? term_ : color_) ? State::Sure : State::No;
      return true;
    }
    // After this a pattern that does not match counts again.
    if (state_ == State::Sure) state_ = State::Yes;
    if (state_ == State::No) return true;
    if (keyword[0] == '.') return entry("*", keyword, value);
    if (keyword[0] == '*') return entry("", keyword, value);
    if (upper == "OPTIONS" || upper == "COLOR" || upper == "EIGHTBIT") return true;
    for (auto [word, code] : kCodes)
      if (upper == word) return entry("", std::string(code), value);
    if (state_ != State::Yes) return true;
    p_.warn("%s:%zu: unrecognized keyword %s", name ? quote_name(p_, name).c_str() : "<internal>", number, keyword.c_str());
    return false;
  }

  bool entry(const char* prefix, const std::string& item, std::string_view value) {
    if (display_) out_ += "\033[" + std::string(value) + "m";
    out_ += prefix;
    quoted(item);
    out_ += display_ ? '\t' : '=';
    quoted(value);
    out_ += display_ ? "\033[0m\n" : ":";
    return true;
  }

  // For single quotes of a shell; colons and equal signs get a backslash.
  void quoted(std::string_view s) {
    bool need = true;
    for (char c : s) {
      if (!display_) {
        if (c == '\'') out_ += "'\\'";
        if ((c == ':' || c == '=') && need) out_ += '\\';
        need = c == '\\' || c == '^' ? !need : true;
      }
      out_ += c;
    }
  }

  Process& p_;
  bool display_;
  State state_ = State::Global;
  std::string term_, color_, out_;
};

// Of $SHELL; 0 after a message.
char guess_shell(Process& p) {
  const char* shell = p.getenv("SHELL");
  if (!shell || !*shell) {
    p.warn("no SHELL environment variable, and no shell type option given");
    return 0;
  }
  auto base = base_name(shell);
  return base == "csh" || base == "tcsh" ? 'c' : 'b';
}

int dircolors_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if ((o.database || o.display) && o.shell) {
    p.warn("the options to output non shell syntax,\nand to select a shell syntax are mutually exclusive");
    return try_help(p);
  }
  if (o.database && o.display) {
    p.warn("options --print-database and --print-ls-colors are mutually exclusive");
    return try_help(p);
  }
  if (files.size() > (o.database ? 0 : 1)) {
    p.warn("extra operand %s", quote(p, files[o.database ? 0 : 1]).c_str());
    if (o.database) write_error(p, "file operands cannot be combined with --print-database (-p)\n");
    return try_help(p);
  }
  Output out(p);
  if (o.database) {
    out.write(database());
    return out.finish(0);
  }
  if (!o.shell && !o.display && !(o.shell = guess_shell(p))) return 1;
  Parser parser(p, o.display);
  if (files.empty()) {
    (void)parser.parse(database(), nullptr);
  } else {
    auto fd = files[0] == "-" ? Result<int>(0) : p.open(files[0], kOpenRead);
    if (!fd) {
      p.warn(fd.error(), "%s", quote_name(p, files[0]).c_str());
      return 1;
    }
    Input in(p, *fd, files[0], *fd != 0);
    auto st = p.fstat(*fd);
    // A directory reads as nothing.
    bool fine = parser.parse(st && st->is_dir() ? "" : in.all(), files[0].c_str());
    if (!fine) return 1;
  }
  if (o.shell == 'b') out.write("LS_COLORS='" + parser.result() + "';\nexport LS_COLORS\n");
  else if (o.shell == 'c') out.write("setenv LS_COLORS '" + parser.result() + "'\n");
  else out.write(parser.result());
  return out.finish(0);
}

}  // namespace

Command dircolors_command() { return {{"dircolors"}, kUsage, dircolors_main}; }

}  // namespace nacre
