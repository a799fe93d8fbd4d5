// The options of nacre itself and its environment variables: each line is an argument; what follows a NUL is the
// value of every variable. What is accepted makes a configuration, and an error is one line.
#include "cli/options.h"
#include "driver.h"

FUZZ_TARGET(text) {
  const size_t cut = text.find('\0');
  const std::string variable(cut == text.npos ? "" : text.substr(cut + 1));
  const auto lines = nacre::fuzz::lines(text.substr(0, cut));
  nacre::cli::Options options;
  std::string message;
  const auto parsed = nacre::cli::parse_options({lines.begin(), lines.end()}, text.size() & 1, &options, &message);
  if ((parsed == nacre::cli::Parsed::Run) != message.empty()) __builtin_trap();
  if (parsed == nacre::cli::Parsed::Error && message.find('\n') != message.npos) __builtin_trap();
  if (parsed != nacre::cli::Parsed::Run) return;
  const auto lookup = [&](const std::string&) { return variable.c_str(); };
  nacre::config::Settings all = nacre::config::built_in();
  if (auto environment = nacre::config::from_environment(lookup)) all.put(*environment);
  all.put(options.flags);
  (void)nacre::config::to_config(all, lookup);
}
