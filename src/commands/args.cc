#include "commands/args.h"

#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kVersion[] = "0.1.0";

/// One pass over argv.
class Getopt {
 public:
  Getopt(Process& p, std::string_view usage, std::span<const OptionSpec> specs, ParseStyle style, const OnOption& on_option)
      : p_(p), usage_(usage), specs_(specs), style_(style), on_option_(on_option) {}

  std::optional<int> run(const std::vector<std::string>& argv, std::vector<std::string>& operands) {
    argv_ = &argv;
    for (at_ = 1; at_ < argv.size();) {
      const std::string& arg = argv[at_++];
      std::optional<int> status;
      if (arg == "--") {
        operands.insert(operands.end(), argv.begin() + static_cast<long>(at_), argv.end());
        return std::nullopt;
      }
      if (arg.size() > 2 && arg[0] == '-' && arg[1] == '-') {
        status = long_option(std::string_view(arg).substr(2));
      } else if (arg.size() > 1 && arg[0] == '-') {
        status = short_options(std::string_view(arg).substr(1));
      } else if (style_.in_order) {
        operands.insert(operands.end(), argv.begin() + static_cast<long>(at_) - 1, argv.end());
        return std::nullopt;
      } else {
        operands.push_back(arg);
      }
      if (status) return status;
    }
    return std::nullopt;
  }

 private:
  /// getopt's messages have argv[0] as it is, also where the program's own have a short name.
  void say(const std::string& text) { write_error(p_, p_.argv()[0] + ": " + text + "\n"); }

  int fail() {
    if (style_.hint) style_.hint(p_);
    if (style_.named_try) write_error(p_, std::string(p_.called()) + ": ");
    if (!style_.try_text.empty()) {
      write_error(p_, style_.try_text);
      return style_.error_status;
    }
    if (!style_.short_help) return try_help(p_, style_.error_status);
    (void)p_.write(2, called_usage(p_, usage_));
    return style_.error_status;
  }

  std::optional<int> short_options(std::string_view letters) {
    for (size_t i = 0; i < letters.size(); i++) {
      unsigned char c = static_cast<unsigned char>(letters[i]);
      size_t k = 0;
      while (k < specs_.size() && specs_[k].short_name != c) k++;
      if (k == specs_.size() || c == 0) {
        if (style_.letters && c == 'h') return print(style_.try_text.empty() ? called_usage(p_, usage_) : std::string(usage_));
        if (style_.letters && c == 'V') return print_version(p_);
        say("invalid option -- '" + std::string(letters.substr(i, 1)) + "'");
        return fail();
      }
      if (specs_[k].kind == ArgKind::None) {
        if (auto status = on_option_(k, std::nullopt)) return status;
        continue;
      }
      std::optional<std::string_view> value;
      if (i + 1 < letters.size()) {
        value = letters.substr(i + 1);
      } else if (specs_[k].kind == ArgKind::Required) {
        if (at_ >= argv_->size()) {
          say("option requires an argument -- '" + std::string(letters.substr(i, 1)) + "'");
          return fail();
        }
        value = (*argv_)[at_++];
      }
      return on_option_(k, value);
    }
    return std::nullopt;
  }

  static constexpr size_t kHelp = SIZE_MAX, kVersionOption = SIZE_MAX - 1, kNone = SIZE_MAX - 2, kBad = SIZE_MAX - 3;

  std::string_view long_name(size_t k) const { return k == kHelp ? "help" : k == kVersionOption ? "version" : specs_[k].long_name; }
  bool same_option(size_t a, size_t b) const {
    if (a == b || a >= kBad || b >= kBad) return a == b;
    return specs_[a].short_name == specs_[b].short_name && specs_[a].short_name != 0 && specs_[a].kind == specs_[b].kind;
  }

  size_t find_long(std::string_view name, std::string_view arg) {
    std::vector<size_t> candidates;
    auto consider = [&](size_t k) {
      std::string_view n = long_name(k);
      if (!n.empty() && n.size() >= name.size() && n.substr(0, name.size()) == name) candidates.push_back(k);
      return n == name;
    };
    bool own_help = false, own_version = false;
    for (size_t k = 0; k < specs_.size(); k++) {
      if (consider(k)) return k;
      own_help = own_help || long_name(k) == "help";
      own_version = own_version || long_name(k) == "version";
    }
    if (style_.help_version && ((!own_help && consider(kHelp)) || (!own_version && consider(kVersionOption)))) return candidates.back();
    if (candidates.empty()) return kNone;
    bool ambiguous = false;
    for (size_t c : candidates) ambiguous = ambiguous || !same_option(c, candidates[0]);
    if (!ambiguous) return candidates[0];
    std::string list;
    for (size_t c : candidates)   // another name of the first is not said, as glibc does
      if (c == candidates[0] || !same_option(c, candidates[0])) list += " '--" + std::string(long_name(c)) + "'";
    say("option '--" + std::string(arg) + "' is ambiguous; possibilities:" + list);
    return kBad;
  }

  std::optional<int> long_option(std::string_view arg) {
    size_t eq = arg.find('=');
    std::string_view name = arg.substr(0, eq);
    std::optional<std::string_view> value;
    if (eq != std::string_view::npos) value = arg.substr(eq + 1);
    size_t k = find_long(name, arg);
    if (k == kBad) return fail();
    if (k == kNone) {
      say("unrecognized option '--" + std::string(arg) + "'");
      return fail();
    }
    std::string full(long_name(k));
    ArgKind kind = k >= kBad ? ArgKind::None : specs_[k].kind;
    if (kind == ArgKind::None && value) {
      say("option '--" + full + "' doesn't allow an argument");
      return fail();
    }
    if (kind == ArgKind::Required && !value) {
      if (at_ >= argv_->size()) {
        say("option '--" + full + "' requires an argument");
        return fail();
      }
      value = (*argv_)[at_++];
    }
    if (k == kHelp) return print(style_.try_text.empty() ? called_usage(p_, usage_) : std::string(usage_));
    if (k == kVersionOption) return print_version(p_);
    return on_option_(k, value);
  }

  int print(std::string_view text) {
    Output out(p_);
    out.write(text);
    return out.finish(0);
  }

  Process& p_;
  std::string_view usage_;
  std::span<const OptionSpec> specs_;
  ParseStyle style_;
  const OnOption& on_option_;
  const std::vector<std::string>* argv_ = nullptr;
  size_t at_ = 1;
};

}  // namespace

std::string called_usage(Process& p, std::string_view usage) {
  constexpr std::string_view kFirst = "Usage: ", kOther = "\n  or:  ";
  std::string text(usage);
  if (!usage.starts_with(kFirst)) return text;
  const std::string name(usage.substr(kFirst.size(), usage.find_first_of(" \n", kFirst.size()) - kFirst.size()));
  if (name == p.called()) return text;
  text.replace(kFirst.size(), name.size(), p.called());
  const std::string other = std::string(kOther) + name + " ";
  for (size_t at = text.find(other); at != text.npos; at = text.find(other, at + kOther.size() + p.called().size()))
    text.replace(at + kOther.size(), name.size(), p.called());
  return text;
}

std::optional<int> parse_options(Process& p, std::string_view usage, std::span<const OptionSpec> specs, const std::vector<std::string>& argv, ParseStyle style,
                                 std::vector<std::string>& operands, const OnOption& on_option) {
  return Getopt(p, usage, specs, style, on_option).run(argv, operands);
}

std::optional<int> parse_plain(Process& p, std::string_view usage, std::vector<std::string>& operands, ParseStyle style) {
  return parse_options(p, usage, {}, p.argv(), style, operands, [](size_t, auto) { return std::nullopt; });
}

int print_version(Process& p, int fd) {
  Output out(p, fd);
  out.write(std::string(p.name()) + " (nacre) " + kVersion + "\n");
  return out.finish(0);
}

int try_help(Process& p, int status) {
  std::string text = "Try '" + std::string(p.called()) + " --help' for more information.\n";
  (void)p.write(2, text);
  return status;
}

int missing_operand(Process& p, int status) {
  p.warn("missing operand");
  return try_help(p, status);
}

int missing_operand_after(Process& p, std::string_view last, int status) {
  p.warn("missing operand after %s", quote(p, last).c_str());
  return try_help(p, status);
}

int extra_operand(Process& p, std::string_view operand, int status) {
  p.warn("extra operand %s", quote(p, operand).c_str());
  return try_help(p, status);
}

std::optional<int> choose(Process& p, std::string_view option, std::string_view word, std::span<const Choice> choices) {
  std::optional<int> found;
  bool ambiguous = false;
  for (const auto& c : choices) {
    if (c.word == word) return c.value;
    if (c.word.substr(0, word.size()) != word) continue;
    if (found && *found != c.value) ambiguous = true;
    found = c.value;
  }
  if (found && !ambiguous) return found;
  std::string text = std::string(ambiguous ? "ambiguous" : "invalid") + " argument " + quote(p, word) + " for " + quote(p, option);
  p.warn("%s", text.c_str());
  std::string list = "Valid arguments are:";
  for (size_t i = 0; i < choices.size(); i++) {
    bool same = i > 0 && choices[i].value == choices[i - 1].value;
    list += (same ? ", " : "\n  - ") + quote(p, choices[i].word);
  }
  (void)p.write(2, list + "\n");
  return std::nullopt;
}

}  // namespace nacre
