import { getHFHubCachePath, HUB_URL } from "@huggingface/hub";

/** Where models come from and are kept. */
export interface HubSettings {
  readonly cacheDir: string;
  /** Without a slash at the end. */
  readonly hubUrl: string;
  readonly accessToken: string | undefined;
  readonly offline: boolean;
}

/** What a caller may set; the environment decides the rest. */
export interface HubSettingOptions {
  /** Root of the cache; default HF_HUB_CACHE, or `hub` in HF_HOME, or ~/.cache/huggingface/hub. */
  readonly cacheDir?: string | undefined;
  /** Default HF_ENDPOINT, or https://huggingface.co. */
  readonly hubUrl?: string | undefined;
  /** Default HF_TOKEN. */
  readonly accessToken?: string | undefined;
  /** Never use the network; default HF_HUB_OFFLINE. */
  readonly offline?: boolean | undefined;
}

/** Options completed by the environment variables that all Hugging Face tools share. */
export function hubSettings(options: HubSettingOptions): HubSettings {
  const { HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE } = process.env;
  return {
    cacheDir: options.cacheDir ?? getHFHubCachePath(),
    hubUrl: (options.hubUrl ?? (HF_ENDPOINT || HUB_URL)).replace(/\/+$/, ""),
    accessToken: options.accessToken ?? (HF_TOKEN?.trim() || undefined),
    offline: options.offline ?? /^(1|on|yes|true)$/i.test(HF_HUB_OFFLINE ?? ""),
  };
}
