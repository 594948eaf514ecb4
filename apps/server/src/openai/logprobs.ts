import type { TokenLogprob, TokenName } from "@baichuan2/model";

type NameToken = (tokenId: number) => TokenName;

/** A token's log-probability as chats tell it. */
export function chatLogprob({ topLogprobs, ...own }: TokenLogprob, name: NameToken) {
  const tell = ({ tokenId, logprob }: Pick<TokenLogprob, "tokenId" | "logprob">) => {
    const { token, bytes } = name(tokenId);
    return { token: token ?? "", logprob: finite(logprob), bytes: bytes && [...bytes] };
  };
  return { ...tell(own), top_logprobs: topLogprobs.map(tell) };
}

/** JSON has no infinity; OpenAI's API has this number for what cannot come. */
export function finite(logprob: number): number {
  return Number.isFinite(logprob) ? logprob : -9999;
}
