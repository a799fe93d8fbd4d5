#include "shell/builtins/generate.h"

#include <algorithm>

#include "algo/quote.h"
#include "program/lower.h"
#include "shell/builtins/help_topics.h"
#include "shell/builtins/operands.h"
#include "shell/builtins/variable_text.h"
#include "shell/shell_options.h"

namespace nacre {
namespace {

// In the order `complete -p` writes them: those with letters, then the others.
constexpr CompletionAction kActions[] = {
    {"alias", 'a'},   {"builtin", 'b'}, {"command", 'c'}, {"directory", 'd'}, {"export", 'e'}, {"file", 'f'},  {"group", 'g'},  {"job", 'j'},
    {"keyword", 'k'}, {"service", 's'}, {"user", 'u'},    {"variable", 'v'},  {"arrayvar", 0}, {"binding", 0}, {"disabled", 0}, {"enabled", 0},
    {"function", 0},  {"helptopic", 0}, {"hostname", 0},  {"running", 0},     {"setopt", 0},   {"shopt", 0},   {"signal", 0},   {"stopped", 0},
};
constexpr const char* kOptions[] = {"bashdefault", "default", "dirnames", "filenames", "noquote", "nosort", "nospace", "plusdirs"};
constexpr const char* kKeywords[] = {"if", "then", "else", "elif",     "fi",   "case", "esac", "for", "select", "while", "until",
                                     "do", "done", "in",   "function", "time", "{",    "}",    "!",   "[[",     "]]",    "coproc"};

class Generator {
 public:
  Generator(Shell& sh, const CompletionSpec& spec, const std::string& word) : sh_(sh), spec_(spec), word_(word) {}

  std::vector<std::string> run(const std::string& command, const std::string& previous) {
    // As bash does it: what is in tables first, then what must be looked for.
    for (const char* name :
         {"alias",   "arrayvar", "binding", "builtin", "disabled", "enabled",  "export",  "function", "helptopic", "hostname", "job",     "keyword",
          "running", "setopt",   "shopt",   "signal",  "stopped",  "variable", "command", "file",     "user",      "group",    "service", "directory"}) {
      if (wants(name)) action(name);
    }
    if (spec_.glob) {
      for (std::string& s : sh_.expander().glob(*spec_.glob)) out_.push_back(std::move(s));
    }
    if (spec_.words) word_list();
    if (spec_.function) call_function(command, previous);
    if (spec_.command) run_command(command, previous);
    if (spec_.filter) filter();
    if (spec_.prefix || spec_.suffix) {
      for (std::string& s : out_) s = spec_.prefix.value_or("") + s + spec_.suffix.value_or("");
    }
    bool dirnames = has_option("dirnames") && out_.empty();
    if (dirnames || has_option("plusdirs")) files(true);
    return std::move(out_);
  }

  /// What is completed where a specification has nothing: -o bashdefault, -o default.
  std::vector<std::string> run_defaults() {
    if (has_option("bashdefault")) bash_default();
    if (out_.empty() && has_option("default")) files(false);
    return std::move(out_);
  }

 private:
  bool wants(std::string_view name) const {
    for (size_t i = 0; i < std::size(kActions); i++)
      if (name == kActions[i].name) return spec_.actions >> i & 1;
    return false;
  }
  bool has_option(std::string_view name) const {
    for (size_t i = 0; i < std::size(kOptions); i++)
      if (name == kOptions[i]) return spec_.options >> i & 1;
    return false;
  }
  void add(const std::string& s) {
    if (s.starts_with(word_)) out_.push_back(s);
  }

  void action(std::string_view name) {
    if (name == "alias") aliases();
    else if (name == "builtin") builtins(true, true);
    else if (name == "helptopic") help_topics();
    else if (name == "enabled") builtins(true, false);
    else if (name == "disabled") builtins(false, true);
    else if (name == "function") functions();
    else if (name == "keyword") keywords();
    else if (name == "binding")
      for (const auto& [key, command] : *sh_.state().key_bindings) add(command);
    else if (name == "setopt")
      for (const OptionInfo& o : set_options()) add(std::string(o.name));
    else if (name == "shopt")
      for (const OptionInfo& o : shopt_options()) add(std::string(o.name));
    else if (name == "signal") signals();
    else if (name == "variable") variables(0);
    else if (name == "export") variables(kExported);
    else if (name == "arrayvar") variables(kIndexed | kAssoc);
    else if (name == "job") jobs(true, true);
    else if (name == "running") jobs(true, false);
    else if (name == "stopped") jobs(false, true);
    else if (name == "command") commands();
    else if (name == "file") files(false);
    else if (name == "directory") files(true);
    else if (name == "user") table("/etc/passwd", ":");
    else if (name == "group") table("/etc/group", ":");
    else if (name == "service") table("/etc/services", " \t");
    else if (name == "hostname") hosts();
  }

  void aliases() {
    for (const auto& [name, value] : *sh_.state().aliases) add(name);
  }
  void builtins(bool on, bool off) {
    for (const Builtin& b : all_builtins()) {
      bool enabled = sh_.builtin(b.name) != nullptr;
      if (enabled ? on : off) add(b.name);
    }
  }
  void functions() {
    for (const auto& f : sorted_functions(sh_)) add(sh_.symbols().name(f->name));
  }
  void help_topics() {
    std::vector<std::string> names;
    for (const HelpTopic& t : keyword_topics()) names.push_back(t.name);
    for (const Builtin& b : all_builtins()) names.push_back(b.name);
    std::sort(names.begin(), names.end());
    for (const std::string& n : names) add(n);
  }
  void keywords() {
    for (const char* k : kKeywords) add(k);
  }
  void signals() {
    for (int slot = 0; slot < kTrapSlots; slot++) {
      if (slot > 0 && slot < kSigCount && signal_name(slot).empty()) continue;
      add(Shell::trap_name(slot));
    }
  }
  void variables(uint32_t attrs) {
    for (Symbol s : sh_.vars().sorted()) {
      const Variable* v = sh_.vars().find(s);
      if (is_declared(sh_, s) && (!attrs || (v->attrs & attrs)) && (v->has_any() || v->dynamic)) add(sh_.symbols().name(s));
    }
  }
  void jobs(bool running, bool stopped) {
    for (const auto& [id, job] : sh_.jobs().all()) {
      if (job.done() || !(job.stopped() ? stopped : running)) continue;
      add(job.command.substr(0, job.command.find(' ')));
    }
  }

  void commands() {
    aliases();
    keywords();
    functions();
    builtins(true, false);
    if (word_.find('/') != word_.npos) return files(false);
    const std::string* path = sh_.expander().value_of(sym::kPATH);
    std::string rest = path ? *path : "";
    for (size_t at = 0; path && at <= rest.size();) {
      size_t colon = std::min(rest.find(':', at), rest.size());
      std::string dir = rest.substr(at, colon - at);
      at = colon + 1;
      for (const std::string& name : names_in(dir.empty() ? "." : dir)) {
        if (name.starts_with(word_) && sh_.process().access(dir + "/" + name, kExecute) && !sh_.is_directory(dir + "/" + name, true)) out_.push_back(name);
      }
    }
  }

  std::vector<std::string> names_in(const std::string& dir) {
    std::vector<std::string> names;
    auto list = sh_.process().list(dir);
    if (list) {
      for (const DirEntry& e : *list) names.push_back(e.name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  void files(bool only_directories) {
    size_t slash = word_.rfind('/');
    std::string dir = slash == word_.npos ? "" : word_.substr(0, slash + 1), base = word_.substr(dir.size());
    const std::string where = without_tilde(dir);
    std::vector<std::string> names = names_in(where.empty() ? "." : where);
    if (base.starts_with('.')) names.insert(names.begin(), {".", ".."});
    for (const std::string& name : names) {
      if (!name.starts_with(base)) continue;
      if (only_directories && !sh_.is_directory(where + name, true)) continue;
      out_.push_back(dir + name);
    }
  }

  /// The names that `list` finds for `word`, each between `before` and `after`.
  template <class F>
  void with(const std::string& before, const std::string& word, const std::string& after, F&& list) {
    Generator found(sh_, spec_, word);
    list(found);
    for (const std::string& s : found.out_) out_.push_back(before + s + after);
  }

  void bash_default() {
    auto list_variables = [](Generator& g) { g.variables(0); };
    if (word_.starts_with("$(")) with("$(", word_.substr(2), "", [](Generator& g) { g.commands(); });
    else if (word_.starts_with("${")) with("${", word_.substr(2), "}", list_variables);
    else if (word_.starts_with('$')) with("$", word_.substr(1), "", list_variables);
    else if (word_.starts_with('~') && word_.find('/') == word_.npos) with("~", word_.substr(1), "", [](Generator& g) { g.table("/etc/passwd", ":"); });
    else if (word_.starts_with('@') && sh_.options()[Option::HostComplete]) with("@", word_.substr(1), "", [](Generator& g) { g.hosts(); });
    if (out_.empty() && word_.find_first_of("*?[") != word_.npos) out_ = sh_.expander().glob(word_);
  }

  std::string read_file(const std::string& path) {
    std::string text;
    auto fd = sh_.process().open(path, kOpenRead);
    if (!fd) return text;
    char block[4096];
    while (true) {
      auto n = sh_.process().read(*fd, block);
      if (!n || *n == 0) break;
      text.append(block, *n);
    }
    (void)sh_.process().close(*fd);
    return text;
  }

  /// First fields of the lines of a file.
  void table(const std::string& path, const char* separators) {
    each_line(read_file(path), [&](std::string_view line) {
      if (line.empty() || line[0] == '#') return;
      add(std::string(line.substr(0, line.find_first_of(separators))));
    });
  }

  void hosts() {
    const std::string* file = sh_.expander().value_of(sym::kHOSTFILE);
    each_line(read_file(file ? *file : "/etc/hosts"), [&](std::string_view line) {
      line = line.substr(0, line.find('#'));
      size_t at = line.find_first_of(" \t");
      while (at < line.size()) {
        size_t start = line.find_first_not_of(" \t", at);
        if (start == line.npos) return;
        at = std::min(line.find_first_of(" \t", start), line.size());
        add(std::string(line.substr(start, at - start)));
      }
    });
  }

  template <class F>
  static void each_line(std::string_view text, F&& f) {
    while (!text.empty()) {
      size_t end = std::min(text.find('\n'), text.size());
      f(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  /// Every expansion but that of pathnames.
  std::vector<std::string> expand(const std::string& text) {
    Arena arena;
    SyntaxError error;
    const ast::Word* word = parse_word(arena, text, sh_.parse_options(), &error);
    std::vector<std::string> fields;
    bool glob_off = sh_.options()[Option::NoGlob];
    sh_.options().set(Option::NoGlob, true);
    bool ok = word && sh_.expander().fields(*lower_word(arena, sh_.symbols(), *word, WordMode::Command), &fields);
    sh_.options().set(Option::NoGlob, glob_off);
    if (!ok) fields = {text};
    sh_.expander().clear_failure();
    return fields;
  }

  std::string without_tilde(const std::string& dir) {
    const size_t slash = dir.find('/');
    const std::string prefix = dir.substr(0, slash);
    if (!prefix.starts_with('~') || std::any_of(prefix.begin() + 1, prefix.end(), [](unsigned char c) { return !std::isalnum(c) && !std::strchr("_-.+", c); }))
      return dir;
    std::vector<std::string> fields = expand(prefix);
    return (fields.empty() ? "" : fields[0]) + dir.substr(slash);
  }

  /// -W: split by IFS where it is not quoted, then expanded.
  void word_list() {
    const std::string& text = *spec_.words;
    const std::string& ifs = sh_.expander().ifs();
    std::string part;
    auto flush = [&] {
      if (!part.empty())
        for (const std::string& f : expand(part)) add(f);
      part.clear();
    };
    char quote = 0;
    int depth = 0;
    for (size_t i = 0; i < text.size(); i++) {
      char c = text[i];
      if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
        part += c;
        part += text[++i];
        continue;
      }
      if (quote) {
        if (c == quote) quote = 0;
      } else if (c == '\'' || c == '"' || c == '`') {
        quote = c;
      } else if (c == '(' && (depth > 0 || part.ends_with('$'))) {
        depth++;
      } else if (c == ')' && depth > 0) {
        depth--;
      } else if (depth == 0 && ifs.find(c) != ifs.npos) {
        flush();
        continue;
      }
      part += c;
    }
    flush();
  }

  void set_comp_variables(const std::string& command) {
    auto set = [&](Symbol s, const std::string& value) { (void)sh_.expander().assign(s, value); };
    std::string line = command + (word_.empty() ? "" : " " + word_);
    set(sym::kCOMP_LINE, line);
    set(sym::kCOMP_POINT, std::to_string(line.size()));
    set(sym::kCOMP_CWORD, word_.empty() ? "0" : "1");
    Variable& words = sh_.vars().writable(sym::kCOMP_WORDS);
    words.clear_value();
    words.indexed().clear();
    words.indexed().at(0) = command;
    if (!word_.empty()) words.indexed().at(1) = word_;
    words.attrs |= kIndexed;
  }

  void call_function(const std::string& command, const std::string& previous) {
    Ref<FunctionDef> f = sh_.function(*spec_.function);
    if (!f) {
      sh_.error("completion: function `" + *spec_.function + "' not found");
      return;
    }
    set_comp_variables(command);
    sh_.unset_variable(sym::kCOMPREPLY);
    Args args;
    args.words = {*spec_.function, command, word_, previous};
    Flow flow = sh_.run_words(args, false);
    if (flow != Flow::Next) sh_.request(flow, sh_.loop_count());
    if (const Variable* reply = sh_.vars().find(sym::kCOMPREPLY)) sh_.expander().elements(*reply, &out_);
    for (Symbol s : {sym::kCOMPREPLY, sym::kCOMP_LINE, sym::kCOMP_POINT, sym::kCOMP_CWORD, sym::kCOMP_WORDS}) sh_.unset_variable(s);
  }

  /// -C: the lines a command prints.
  void run_command(const std::string& command, const std::string& previous) {
    bool utf8 = sh_.expander().utf8();
    std::string text = *spec_.command + " " + bash_single_quote(command, utf8) + " " + bash_single_quote(word_, utf8) + " " + bash_single_quote(previous, utf8);
    std::string printed = sh_.expander().expand_text("$(" + text + ")");
    each_line(printed, [&](std::string_view line) { out_.emplace_back(line); });
  }

  /// -X PATTERN drops what matches, -X !PATTERN what does not; & is the word.
  void filter() {
    std::string pattern = *spec_.filter;
    bool negated = pattern.starts_with('!');
    if (negated) pattern.erase(0, 1);
    std::string full;
    for (size_t i = 0; i < pattern.size(); i++) {
      if (pattern[i] == '\\' && i + 1 < pattern.size() && pattern[i + 1] == '&') full += pattern[++i];
      else if (pattern[i] == '&') full += word_;
      else full += pattern[i];
    }
    std::erase_if(out_, [&](const std::string& s) { return sh_.expander().matches(full, s) != negated; });
  }

  Shell& sh_;
  const CompletionSpec& spec_;
  const std::string& word_;
  std::vector<std::string> out_;
};

}  // namespace

std::span<const CompletionAction> completion_actions() { return kActions; }
std::span<const char* const> completion_options() { return kOptions; }

std::vector<std::string> generate(Shell& sh, const CompletionSpec& spec, const std::string& command, const std::string& word, const std::string& previous) {
  std::vector<std::string> out = Generator(sh, spec, word).run(command, previous);
  return out.empty() ? Generator(sh, spec, word).run_defaults() : out;
}

}  // namespace nacre
