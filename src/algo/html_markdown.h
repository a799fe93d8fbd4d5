/// html_markdown: HTML written as Markdown (CommonMark with GitHub's tables,
/// strikethrough and task lists). The HTML is read as browsers read it, by gumbo.
///
/// Left out is what is not shown: head, script, style, template, form controls.
/// Its tree, and the limits of it: html_tree.h. Source: HTML Living Standard,
/// 13.2; CommonMark 0.30; GitHub Flavored Markdown 0.29.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace nacre {

struct MarkdownOptions {
  std::string base_url;        ///< relative links and images are resolved against it
  std::string select;          ///< "tag", "#id" or ".class": only these elements; empty: all
  bool links = true, images = true;
  bool body_only = false;      ///< without nav, header, footer, aside of the page
  bool title = false;          ///< <title> as a heading in front
  size_t wrap = 0;             ///< columns of paragraphs; 0: no lines are broken
};

/// Appends to *out; nothing for HTML without text. False and *error: nested too deep.
bool html_to_markdown(std::string_view html, const MarkdownOptions& options, std::string* out, std::string* error);

}  // namespace nacre
