/// wget - fetch files over HTTP and HTTPS.
/// There only when the sandbox has a network policy; what may be reached is decided by the host (nacre/network.h).
/// Source: wget(1) 1.21, checked against the tool.
/// Differs: no -b, no --limit-rate, no --spider with -r, no configuration files (of their commands -e robots=off is known); the log
/// holds no times of day, addresses and progress; help is in our own words.
#include "algo/unicode.h"
#include "commands/command.h"
#include "commands/wget/session.h"

namespace nacre {

namespace {

// URLs of -i: lines of a file, or the links of a page.
bool add_input(Process& p, HttpClient& client, const WgetOptions& o, std::vector<std::string>& urls) {
  auto text = read_file(p, o.input);
  if (!text) {
    write_error(p, o.input + ": " + std::string(message(text.error())) + "\n");
    return false;
  }
  if (o.force_html) {
    const auto resolve = [&](const std::string& base, const std::string& reference) {
      HttpEnd why;
      if (!base.empty()) return client.resolve(base, reference);
      return reference.find("://") == reference.npos ? std::string() : client.normalize(reference, &why);
    };
    for (const auto& link : html_links(*text, o.base, resolve).links)
      if (!link.url.empty() && !link.base && !link.action) urls.push_back(link.url);
    return true;
  }
  for (std::string_view rest = *text; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (!line.empty() && ascii_space(line.back())) line.remove_suffix(1);
    while (!line.empty() && ascii_space(line.front())) line.remove_prefix(1);
    if (line.empty()) continue;
    std::string url(line);
    if (!o.base.empty() && url.find("://") == url.npos) url = client.resolve(o.base, url);
    if (!url.empty()) urls.push_back(std::move(url));
  }
  return true;
}

int wget_main(Process& p) {
  WgetOptions o;
  std::vector<std::string> urls;
  if (auto status = read_wget_options(p, o, urls)) return *status;
  HttpClient* client = http_client(p);
  const bool has_input = !o.input.empty();
  if (client && has_input && !add_input(p, *client, o, urls)) return kWgetGeneric;
  if (urls.empty() && !(has_input && !client)) {
    write_error(p, "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n");
    return kWgetGeneric;
  }
  if (!client) {
    write_error(p, "wget: this sandbox has no network\n");
    return kWgetNetwork;
  }
  return WgetSession(p, *client, o).run(urls);
}

}  // namespace

Command wget_command() { return {{"wget"}, wget_usage(), wget_main, MessageName::Short}; }

}  // namespace nacre
