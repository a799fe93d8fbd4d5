/// sdiff - side-by-side merge of file differences.
///
/// diff does the comparing, as a child: its -y output is shown, and with -o the
/// blocks of it tell where in the two files a choice is to be made.
/// Source: GNU diffutils 3.8 manual, "Interactive Merging with sdiff".
/// Differs: usage text and the list of merge commands are in our own words.
#include "algo/quote.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: sdiff [OPTION]... FILE1 FILE2\n"
    "Show two files side by side, or merge them by choosing between their differences.\n\n"
    "  -o, --output=FILE             merge interactively; the result goes to FILE\n"
    "  -i, --ignore-case             case does not matter\n"
    "  -E, --ignore-tab-expansion    tabs and the spaces they stand for are equal\n"
    "  -Z, --ignore-trailing-space   white space at line ends does not matter\n"
    "  -b, --ignore-space-change     the amount of white space does not matter\n"
    "  -W, --ignore-all-space        white space does not matter\n"
    "  -B, --ignore-blank-lines      changes of blank lines do not matter\n"
    "  -I, --ignore-matching-lines=RE  changes of lines that match RE do not matter\n"
    "      --strip-trailing-cr       drop carriage returns at line ends\n"
    "  -a, --text                    all files are text\n"
    "  -w, --width=NUM               at most NUM (default 130) columns\n"
    "  -l, --left-column             only the left column of common lines\n"
    "  -s, --suppress-common-lines   no common lines\n"
    "  -t, --expand-tabs             tabs become spaces in the output\n"
    "      --tabsize=NUM             tab stops every NUM (default 8) columns\n"
    "  -d, --minimal                 find the least set of changes\n"
    "  -H, --speed-large-files       assume large files with many small changes\n"
    "      --diff-program=PROGRAM    compare with PROGRAM\n"
    "      --help                    display this help and exit\n"
    "  -v, --version                 output version information and exit\n\n"
    "A FILE '-' is standard input. Exit status is 0 if inputs are the same, 1 if different,\n2 if trouble.\n";

constexpr char kCommands[] =
    "l, 1\ttake the left lines\n"
    "r, 2\ttake the right lines\n"
    "el, e1\tedit the left lines, take the result\n"
    "er, e2\tedit the right lines, take the result\n"
    "eb\tedit both\n"
    "ed\tedit both, each under a header\n"
    "e\tedit new text\n"
    "s\tsay nothing of common lines\n"
    "v\tshow common lines\n"
    "q\tquit\n";

struct Spec {
  int letter;
  const char* name;
  ArgKind kind;
  const char* diff;
};   // diff: its option of the same meaning
constexpr Spec kOptions[] = {
    {0, "tabsize", ArgKind::Required, "--tabsize"},
    {'W', "ignore-all-space", ArgKind::None, "-w"},
    {'B', "ignore-blank-lines", ArgKind::None, "-B"},
    {'d', "minimal", ArgKind::None, "-d"},
    {'i', "ignore-case", ArgKind::None, "-i"},
    {'H', "speed-large-files", ArgKind::None, "-H"},
    {'I', "ignore-matching-lines", ArgKind::Required, "-I"},
    {'b', "ignore-space-change", ArgKind::None, "-b"},
    {'l', "left-column", ArgKind::None, "--left-column"},
    {'o', "output", ArgKind::Required, nullptr},
    {0, "strip-trailing-cr", ArgKind::None, "--strip-trailing-cr"},
    {'t', "expand-tabs", ArgKind::None, "-t"},
    {'w', "width", ArgKind::Required, "-W"},
    {'E', "ignore-tab-expansion", ArgKind::None, "-E"},
    {'Z', "ignore-trailing-space", ArgKind::None, "-Z"},
    {'a', "text", ArgKind::None, "-a"},
    {'s', "suppress-common-lines", ArgKind::None, nullptr},
    {0, "diff-program", ArgKind::Required, nullptr},
    {'v', "", ArgKind::None, nullptr},
};

struct Request {
  std::string program = "diff";
  std::vector<std::string> switches;
  std::optional<std::string> output;
  bool suppress = false;
};

int try_sdiff_help(Process& p) {
  p.warn("Try '%s --help' for more information.", std::string(p.called()).c_str());
  return 2;
}

std::optional<int> read_options(Process& p, Request& r, std::vector<std::string>& files) {
  OptionSpec specs[std::size(kOptions)];
  for (size_t i = 0; i < std::size(kOptions); i++) specs[i] = {kOptions[i].letter, kOptions[i].name, kOptions[i].kind};
  return parse_options(p, kUsage, specs, p.argv(), {.error_status = 2, .named_try = true}, files,
                       [&](size_t i, std::optional<std::string_view> v) -> std::optional<int> {
                         const Spec& spec = kOptions[i];
                         if (spec.letter == 'o') r.output = std::string(*v);
                         else if (spec.letter == 's') r.suppress = true;
                         else if (spec.letter == 'v') return print_version(p);
                         else if (!spec.diff) r.program = std::string(*v);
                         else if (v && spec.letter == 0) r.switches.push_back(std::string(spec.diff) + "=" + std::string(*v));
                         else {
                           r.switches.emplace_back(spec.diff);
                           if (v) r.switches.emplace_back(*v);
                         }
                         return std::nullopt;
                       });
}

class Merge {
 public:
  Merge(Process& p, const Request& request, Output& out) : p_(p), quiet_(request.suppress), request_(request), out_(out), commands_(p, 0, "-", false) {}

  int run(std::vector<std::string> files) {
    if (files[0] == "-" || files[1] == "-") return trouble("cannot interactively merge standard input");
    bool is_dir[2];
    for (int i = 0; i < 2; i++) {
      auto st = p_.stat(files[static_cast<size_t>(i)]);
      is_dir[i] = st && st->type == FileType::Directory;
    }
    if (is_dir[0] && is_dir[1]) return trouble("both files to be compared are directories");
    for (size_t i = 0; i < 2; i++) {
      names_[i] = is_dir[i] ? join_path(files[i], base_name(files[1 - i])) : files[i];
      auto fd = p_.open(names_[i], kOpenRead);
      if (!fd) return trouble(fd.error(), names_[i]);
      sides_[i] = std::make_unique<Input>(p_, *fd, names_[i]);
    }
    auto fd = p_.open(*request_.output, kOpenWrite | kOpenCreate | kOpenTruncate, 0666);
    if (!fd) return trouble(fd.error(), *request_.output);
    Output merged(p_, *fd, 2);
    std::vector<std::string> argv{request_.program};
    argv.insert(argv.end(), request_.switches.begin(), request_.switches.end());
    for (const std::string& word : {std::string("--sdiff-merge-assist"), std::string("--"), names_[0], names_[1]}) argv.push_back(word);
    auto pipe = p_.pipe();
    if (!pipe) return trouble(pipe.error(), "pipe");
    auto pid = p_.spawn(argv, {.stdout_fd = pipe->write_end, .close_fds = {pipe->read_end, pipe->write_end}});
    (void)p_.close(pipe->write_end);
    if (!pid) {
      (void)p_.close(pipe->read_end);
      return trouble("subsidiary program '" + request_.program + "' not found");
    }
    diff_ = std::make_unique<Input>(p_, pipe->read_end, "diff");
    bool complete = blocks(merged);
    diff_.reset();   // a diff that still writes ends
    auto done = p_.wait(*pid);
    merged.flush();
    if (!complete) return 2;
    return done && *done ? (*done)->status.shell_status() : 2;
  }

 private:
  int trouble(const std::string& text) {
    out_.flush();
    p_.warn("%s", text.c_str());
    return 2;
  }
  int trouble(Errno e, const std::string& what) {
    out_.flush();
    p_.warn(e, "%s", what.c_str());
    return 2;
  }

  static void copy(Input& from, size_t lines, Output* to) {
    std::string_view line;
    for (; lines > 0 && from.next_line(line); lines--) {
      if (!to) continue;
      to->write(line);
      if (from.terminated()) to->put('\n');
    }
  }

  /// "i3,3" and "c0,1" go before lines of diff's output that are equal or differ; what begins
  /// with a blank is a message. False: quit.
  bool blocks(Output& merged) {
    std::string_view line;
    while (diff_->next_line(line)) {
      if (line.starts_with(' ')) {
        out_.line(line.substr(1));
        continue;
      }
      size_t comma = line.find(',');
      auto left = comma == std::string_view::npos ? std::nullopt : parse_int(line.substr(1, comma - 1));
      auto right = left ? parse_int(line.substr(comma + 1)) : std::nullopt;
      if (!right || *left < 0 || *right < 0 || (line[0] != 'i' && line[0] != 'c')) {
        trouble("subsidiary program '" + request_.program + "' failed");
        return false;
      }
      bool choose = line[0] == 'c';
      counts_[0] = static_cast<size_t>(*left);
      counts_[1] = static_cast<size_t>(*right);
      copy(*diff_, std::max(counts_[0], counts_[1]), quiet_ && !choose ? nullptr : &out_);
      if (!choose) {
        copy(*sides_[0], counts_[0], &merged);
        copy(*sides_[1], counts_[1], nullptr);
      } else if (!ask(merged)) {
        return false;
      }
      for (size_t i = 0; i < 2; i++) at_[i] += counts_[i];
    }
    return true;
  }

  bool ask(Output& merged) {
    for (;;) {
      out_.put('%');
      out_.flush();
      std::string_view line;
      if (!commands_.next_line(line)) return false;
      std::string word;
      if (commands_.terminated())
        for (char c : line)
          if (!(c == ' ' || (c >= '\t' && c <= '\r'))) word += c;
      commands_.give_back();   // an editor reads on from here
      if (word == "q") return false;
      if (word == "s" || word == "v") {
        quiet_ = word == "s";
        continue;
      }
      if (word == "l" || word == "1" || word == "r" || word == "2") {
        bool first = word == "l" || word == "1";
        copy(*sides_[0], counts_[0], first ? &merged : nullptr);
        copy(*sides_[1], counts_[1], first ? nullptr : &merged);
        return true;
      }
      constexpr std::string_view kEdits = "bdl1r2";
      if (word.starts_with('e') && (word.size() == 1 || (word.size() == 2 && kEdits.find(word[1]) != std::string_view::npos)))
        return edit(word.size() > 1 ? word[1] : 0, merged);
      write_error(p_, kCommands);
    }
  }

  /// The chosen lines through an editor.
  bool edit(char which, Output& merged) {
    bool left = which == 'l' || which == '1' || which == 'b' || which == 'd', right = which == 'r' || which == '2' || which == 'b' || which == 'd';
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const char* dir = p_.getenv("TMPDIR");
    std::string name = join_path(dir && *dir ? dir : "/tmp", "sdiff");
    for (int i = 0; i < 6; i++) name += kLetters[p_.random() % kLetters.size()];
    auto fd = p_.open(name, kOpenWrite | kOpenCreate | kOpenExclusive, 0600);
    if (!fd) {
      trouble(fd.error(), name);
      return false;
    }
    {
      Output text(p_, *fd, 2);
      part(0, left, which == 'd', text);
      part(1, right, which == 'd', text);
      text.flush();
    }
    (void)p_.close(*fd);
    bool good = run_editor(name);
    if (good) {
      auto result = p_.open(name, kOpenRead);
      if (result) {
        Input in(p_, *result, name);
        copy(in, SIZE_MAX, &merged);
      } else {
        trouble(result.error(), name);
        good = false;
      }
    }
    (void)p_.unlink(name);
    return good;
  }

  void part(size_t side, bool wanted, bool header, Output& to) {
    if (header && counts_[side] > 0) {
      size_t first = at_[side] + 1, last = at_[side] + counts_[side];
      to.write((side == 0 ? "--- " : "+++ ") + names_[side] + " " + std::to_string(first) + (last > first ? "," + std::to_string(last) : "") + "\n");
    }
    copy(*sides_[side], counts_[side], wanted ? &to : nullptr);
  }

  bool run_editor(const std::string& file) {
    const char* chosen = p_.getenv("EDITOR");
    std::string editor = chosen ? chosen : "ed";
    auto done = p_.run({editor, file});   // a program's name, not a shell command
    int status = done ? done->shell_status() : done.error() == Errno::NOENT ? 127 : 126;
    if (status == 0) return true;
    std::string what = "subsidiary program '" + editor + "'";
    if (status == 127) trouble(what + " not found");
    else if (status == 126) trouble(what + " could not be invoked");
    else trouble(what + " failed (exit status " + std::to_string(status) + ")");
    return false;
  }

  Process& p_;
  bool quiet_;
  const Request& request_;
  Output& out_;
  Input commands_;
  std::unique_ptr<Input> sides_[2], diff_;
  std::string names_[2];
  size_t counts_[2] = {0, 0}, at_[2] = {0, 0};
};

int sdiff_main(Process& p) {
  Request r;
  std::vector<std::string> files;
  if (auto status = read_options(p, r, files)) return *status;
  if (files.size() != 2) {
    if (files.size() < 2) p.warn("missing operand after %s", locale_quote(files.empty() ? p.argv().back() : files[0], false).c_str());
    else p.warn("extra operand %s", locale_quote(files[2], false).c_str());
    return try_sdiff_help(p);
  }
  if (r.output) {
    Output out(p, 1, 2);
    return out.finish(Merge(p, r, out).run(files));
  }
  std::vector<std::string> argv{r.program};
  if (r.suppress) argv.emplace_back("--suppress-common-lines");
  argv.insert(argv.end(), r.switches.begin(), r.switches.end());
  for (const std::string& word : {std::string("-y"), std::string("--"), files[0], files[1]}) argv.push_back(word);
  Errno e = p.exec_program(argv, p.shared_env());
  p.warn(e, "%s", r.program.c_str());
  return 2;
}

}  // namespace

Command sdiff_command() { return {{"sdiff"}, kUsage, sdiff_main}; }

}  // namespace nacre
