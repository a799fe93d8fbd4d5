/// -r and -p: pages with what they link to, level by level.
#include "commands/numbers.h"
#include "commands/wget/convert.h"
#include "commands/wget/session.h"

namespace nacre {
namespace {

/// An answer as a text; of a robots.txt.
struct TextSink final : HttpSink {
  int status = 0;
  std::string text, location;
  bool header(std::string_view line) override {
    if (line.starts_with("HTTP/")) {
      const size_t blank = line.find(' ');
      status = blank == line.npos ? 0 : atoi(std::string(line.substr(blank + 1)).c_str());
      text.clear();
    }
    if (auto v = header_value(line, "Location")) location = *v;
    return true;
  }
  bool body(std::string_view bytes) override {
    text += bytes;
    return text.size() < 500'000;
  }
};

std::string site_of(const UrlPlace& place) { return place.scheme + "://" + place.host + (place.port.empty() ? "" : ":" + place.port); }

}  // namespace

int WgetSession::tree(const std::string& start) {
  const bool endless = o_.level == "inf" || o_.level == "0";
  const uint64_t levels = !o_.recursive ? 0 : endless ? UINT64_MAX : static_cast<uint64_t>(std::max<int64_t>(0, parse_int(o_.level).value_or(5)));
  std::deque<Wanted> queue = {{start, o_.referer, 0, false}};
  known_.insert(start);
  int worst = 0;
  while (!queue.empty() && !quota_reached()) {
    const Wanted now = std::move(queue.front());
    queue.pop_front();
    p_.tick(16);
    Got got;
    if (auto had = files_.find(now.url); had != files_.end()) {
      got.file = had->second;   // for another start
      got.url = now.url;
      for (const auto& page : pages_)
        if (page.file == got.file) (page.style ? got.style : got.page) = true;
    } else {
      got = one(now.url, now.referer);
    }
    if (got.status && (!worst || got.status < worst)) worst = got.status;
    if (got.file.empty()) continue;
    if (!document_) {
      files_[now.url] = files_[got.url] = got.file;
      if (got.page || got.style) pages_.push_back({got.file, got.url, got.style, got.plain});
    }
    // The last level is not looked into, but for what its pages are made of.
    bool descend = got.page || got.style;
    bool only_inlined = got.style;
    if (descend && now.depth >= levels) {
      descend = o_.requisites && (now.depth == levels || now.depth == levels + 1);
      only_inlined = true;
    }
    if (descend && !document_) {
      known_.insert(got.url);
      PageLinks found = links_of(got.file, got.url, got.style);
      if (found.no_follow && o_.robots) found.links.clear();
      for (const auto& link : found.links) {
        if (link.url.empty() || link.base || link.action || (only_inlined && !link.inlined)) continue;
        if (known_.contains(link.url) || !filter_.wants_tag(link.tag)) continue;
        const bool last = levels != UINT64_MAX && now.depth + 1 >= levels;
        if (!filter_.follows(link, got.url, start, last) || !robots_allow(link.url)) continue;
        known_.insert(link.url);
        queue.push_back({link.url, got.url, now.depth + 1, link.inlined});
      }
    }
    if (!document_ && (o_.delete_after || !filter_.accepts_name(got.file))) {
      log("Removing " + got.file + (o_.delete_after ? ".\n" : " since it should be rejected.\n"));
      (void)p_.unlink(got.file);
      files_.erase(now.url);
      files_.erase(got.url);
      std::erase_if(pages_, [&](const Page& page) { return page.file == got.file; });
    }
  }
  return worst;
}

PageLinks WgetSession::links_of(const std::string& file, const std::string& url, bool style) {
  auto text = read_file(p_, file);
  if (!text) return {};
  const ResolveUrl resolve = [this](const std::string& base, const std::string& reference) {
    p_.tick(8);
    return client_.resolve(base, reference);
  };
  if (!style) return html_links(*text, url, resolve);
  PageLinks out;
  css_links(*text, 0, url, resolve, out.links);
  return out;
}

// It is a file like any other.
void WgetSession::keep_robots(const std::string& site, const std::string& text) {
  const std::string file = wget_local_name(o_, site + "/robots.txt");
  if (document_ || o_.delete_after || !filter_.accepts_name(file)) return;
  make_wget_directories(p_, file);
  auto fd = p_.open(file, kOpenWrite | kOpenCreate | kOpenTruncate | kOpenCloexec);
  if (!fd) return;
  (void)p_.write(*fd, text);
  (void)p_.close(*fd);
}

// Each site's robots.txt is asked for once.
bool WgetSession::robots_allow(const std::string& url) {
  if (!o_.robots) return true;
  const UrlPlace place = place_of_url(url);
  const std::string site = site_of(place);
  auto known = robots_.find(site);
  if (known == robots_.end()) {
    HttpRequest request;
    std::string text;
    if (set_up(request, "") == 0) {
      request.method = "GET";
      request.has_body = false;
      request.body.clear();
      request.url = site + "/robots.txt";
      for (int hops = 0; hops < 5 && !request.url.empty(); hops++) {
        TextSink sink;
        const Fetched f = fetch(p_, client_, request, sink);
        if (f.end.error && !f.stopped) break;
        if (sink.status == 200) {
          text = sink.text;
          keep_robots(site, text);
        }
        if (sink.status < 301 || sink.status > 308 || sink.location.empty()) break;
        request.url = client_.resolve(request.url, sink.location);
      }
    }
    known = robots_.emplace(site, RobotRules(text)).first;
  }
  return known->second.allows((place.dir.empty() ? "" : place.dir + "/") + place.file);
}

void WgetSession::convert_all() {
  std::set<std::string> done;
  for (const auto& page : pages_) {
    if (!done.insert(page.file).second) continue;
    auto text = read_file(p_, page.file);
    if (!text) continue;
    const ConvertStyle style{o_.convert_file, o_.adjust};
    const auto changed = converted_page(*text, links_of(page.file, page.url, page.style), page.file, files_, style);
    if (!changed) continue;
    const std::string& out = *changed;
    p_.tick(static_cast<uint32_t>(1 + out.size() / 64));
    auto st = p_.stat(page.file);
    // What -E put behind the name is not part of the original's.
    const bool longer = !page.plain.empty() && page.plain != page.file;
    if (o_.keep_originals) (void)p_.rename(page.file, (longer ? page.plain : page.file) + ".orig");
    auto fd = p_.open(page.file, kOpenWrite | kOpenCreate | kOpenTruncate | kOpenCloexec);
    if (!fd) {
      log("Cannot convert links in " + page.file + ": " + std::string(message(fd.error())) + "\n");
      continue;
    }
    (void)p_.write(*fd, out);
    (void)p_.close(*fd);
    // The time of the server stays, for -N.
    if (st) (void)p_.utimens(page.file, &st->atime, &st->mtime, false);
  }
}

}  // namespace nacre
