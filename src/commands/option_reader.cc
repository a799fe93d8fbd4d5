#include "commands/option_reader.h"

#include "commands/text_io.h"

namespace nacre {

int OptionReader::fail(const std::string& text) const {
  write_error(p, program + ": " + text + "\n" + try_text);
  return error_status;
}

std::optional<int> OptionReader::read(const std::vector<std::string>& argv, const OnOption& on_option, const OnOperand& on_operand) {
  bool only_operands = false;
  for (size_t at = 1; at < argv.size();) {
    std::string_view arg = argv[at++];
    std::optional<int> status;
    if (!only_operands && arg == "--") only_operands = true;
    else if (!only_operands && arg.starts_with("--")) status = read_long(arg.substr(2), argv, at, on_option);
    else if (!only_operands && arg.size() > 1 && arg[0] == '-') status = read_short(arg.substr(1), argv, at, on_option);
    else {
      status = on_operand(arg);
      only_operands = only_operands || in_order;
    }
    if (status) return status;
  }
  return std::nullopt;
}

std::optional<int> OptionReader::read_short(std::string_view letters, const std::vector<std::string>& argv, size_t& at, const OnOption& on_option) {
  for (size_t i = 0; i < letters.size(); i++) {
    unsigned char c = static_cast<unsigned char>(letters[i]);
    size_t k = 0;
    while (k < specs.size() && (specs[k].short_name != c || c == 0)) k++;
    if (k == specs.size()) return fail(std::string("invalid option -- '") + letters[i] + "'");
    if (specs[k].kind == ArgKind::None) {
      if (auto status = on_option(k, std::nullopt)) return status;
      continue;
    }
    std::optional<std::string_view> value;
    if (i + 1 < letters.size()) value = letters.substr(i + 1);
    else if (specs[k].kind == ArgKind::Required) {
      if (at >= argv.size()) return fail(std::string("option requires an argument -- '") + letters[i] + "'");
      value = argv[at++];
    }
    return on_option(k, value);
  }
  return std::nullopt;
}

std::optional<size_t> OptionReader::find_long(std::string_view name, std::string_view arg) const {
  std::vector<size_t> found;
  for (size_t k = 0; k < specs.size(); k++) {
    if (specs[k].long_name.empty() || !specs[k].long_name.starts_with(name)) continue;
    if (specs[k].long_name == name) return k;
    found.push_back(k);
  }
  bool same = true;
  for (size_t k : found) same = same && specs[k].short_name == specs[found[0]].short_name && specs[k].short_name != 0;
  if (found.size() == 1 || (found.size() > 1 && same)) return found[0];
  std::string text;
  if (found.empty()) {
    text = "unrecognized option '--" + std::string(arg) + "'";
  } else {
    text = "option '--" + std::string(arg) + "' is ambiguous; possibilities:";
    for (size_t k : found) text += " '--" + std::string(specs[k].long_name) + "'";
  }
  (void)fail(text);
  return std::nullopt;
}

std::optional<int> OptionReader::read_long(std::string_view arg, const std::vector<std::string>& argv, size_t& at, const OnOption& on_option) {
  size_t eq = arg.find('=');
  std::string_view name = arg.substr(0, eq);
  auto k = find_long(name, arg);
  if (!k) return error_status;
  std::optional<std::string_view> value;
  if (eq != std::string_view::npos) value = arg.substr(eq + 1);
  std::string full(specs[*k].long_name);
  if (specs[*k].kind == ArgKind::None && value) return fail("option '--" + full + "' doesn't allow an argument");
  if (specs[*k].kind == ArgKind::Required && !value) {
    if (at >= argv.size()) return fail("option '--" + full + "' requires an argument");
    value = argv[at++];
  }
  return on_option(*k, value);
}

}  // namespace nacre
