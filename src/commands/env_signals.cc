#include "commands/env_signals.h"

#include <cstdio>

#include "commands/args.h"
#include "commands/quoting.h"
#include "commands/signals.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr int kCancelled = 125;

std::string named(int sig) { return operand_signal_name(sig) + " (" + std::to_string(sig) + ")"; }
/// The C library keeps 32 and 33 to itself.
bool exists(int sig) { return !operand_signal_name(sig).empty(); }

}  // namespace

template <class Set>
std::optional<int> EnvSignals::each(Process& p, std::optional<std::string_view> list, Set set) {
  if (!list) {
    for (int sig = 1; sig < kSigCount; sig++) set(plans_[static_cast<size_t>(sig)], false);
    return std::nullopt;
  }
  for (std::string_view rest = *list; !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view name = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (name.empty()) continue;
    const auto sig = operand_signal(name);
    if (sig.value_or(0) <= 0) {
      p.warn("%s: invalid signal", quote(p, name).c_str());
      return try_help(p, kCancelled);
    }
    set(plans_[static_cast<size_t>(*sig)], true);
  }
  return std::nullopt;
}

std::optional<int> EnvSignals::block(Process& p, std::optional<std::string_view> list) {
  masks_ = true;
  return each(p, list, [](Plan& plan, bool) { plan.mask = Mask::Block; });
}

std::optional<int> EnvSignals::reset(Process& p, std::optional<std::string_view> list) {
  masks_ = true;
  return each(p, list, [](Plan& plan, bool by_name) { plan = {Action::Default, Mask::Unblock, by_name}; });
}

std::optional<int> EnvSignals::ignore(Process& p, std::optional<std::string_view> list) {
  return each(p, list, [](Plan& plan, bool by_name) {
    plan.action = Action::Ignore;
    plan.named = by_name;
  });
}

std::optional<int> EnvSignals::apply(Process& p, bool debug) const {
  for (int sig = 1; sig < kSigCount; sig++) {
    const Plan& plan = plans_[static_cast<size_t>(sig)];
    if (plan.action == Action::None) continue;
    const bool fixed = sig == kSigKILL || sig == kSigSTOP || !exists(sig);
    if (fixed && plan.named) {
      p.warn(Errno::INVAL, "failed to set signal action for signal %d", sig);
      return kCancelled;
    }
    if (!fixed) p.set_action(sig, plan.action == Action::Ignore ? SignalAction::Ignore : SignalAction::Default);
    if (debug && exists(sig))
      write_error(p,
                  "Reset signal " + named(sig) + " to " + (plan.action == Action::Ignore ? "IGNORE" : "DEFAULT") + (fixed ? " (failure ignored)" : "") + "\n");
  }
  if (!masks_) return std::nullopt;
  for (int sig = 1; sig < kSigCount; sig++) {
    const Mask mask = plans_[static_cast<size_t>(sig)].mask;
    if (mask == Mask::None || !exists(sig)) continue;
    if (debug) write_error(p, "signal " + named(sig) + " mask set to " + (mask == Mask::Block ? "BLOCK" : "UNBLOCK") + "\n");
    mask == Mask::Block ? p.block(sig) : p.unblock(sig);
  }
  return std::nullopt;
}

void list_signal_handling(Process& p) {
  for (int sig = 1; sig < kSigCount; sig++) {
    const bool ignored = p.action(sig) == SignalAction::Ignore, blocked = p.blocked().has(sig);
    if ((!ignored && !blocked) || !exists(sig)) continue;
    char line[64];
    std::snprintf(line, sizeof line, "%-10s (%2d): %s%s%s\n", operand_signal_name(sig).c_str(), sig, blocked ? "BLOCK" : "", ignored && blocked ? "," : "",
                  ignored ? "IGNORE" : "");
    write_error(p, line);
  }
}

}  // namespace nacre
