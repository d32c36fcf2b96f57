"""The models that the twin can run, with their inputs: the trainer, and what it trains."""

from sandbox.replicate.inputs import Field, Fields, JsonObject

TRAINER = "ostris/flux-dev-lora-trainer"
# public version ids of the trainer; the last one is its latest
TRAINER_VERSIONS = (
    "e440909d3512c31646ee2e0c7d6f6f4923224863a6a10c494606e79fb5844497",
    "b6af14222e6bd9be257cbc1ea4afda3cd0503e1133083b9d1de0364d8568e6ef",
    "26dce37af90b9d997eeb970d92e47de3064d46c300504ae376c75bef6a9022d2",
    "4ffd32160efd92e956d39c5338a9b8fbafca58e03f791f6d8011f3e20e8ea6fa",
)

TEXT = Field("string")
SECRET = Field("string", format="password")
FILE = Field("string", format="uri")

TRAINER_FIELDS: Fields = {
    "input_images": FILE,
    "trigger_word": Field("string", "TOK"),
    "autocaption": Field("boolean", True),
    "autocaption_prefix": TEXT,
    "autocaption_suffix": TEXT,
    "steps": Field("integer", 1000, ge=3, le=6000),
    "learning_rate": Field("number", 4e-4),
    "batch_size": Field("integer", 1),
    "resolution": Field("string", "512,768,1024"),
    "lora_rank": Field("integer", 16, ge=1, le=128),
    "caption_dropout_rate": Field("number", 0.05, ge=0, le=1),
    "optimizer": Field("string", "adamw8bit"),
    "cache_latents_to_disk": Field("boolean", False),
    "layers_to_optimize_regex": TEXT,
    "gradient_checkpointing": Field("boolean", False),
    "hf_repo_id": TEXT,
    "hf_token": SECRET,
    "wandb_api_key": SECRET,
    "wandb_project": Field("string", "flux_train_replicate"),
    "wandb_run": TEXT,
    "wandb_entity": TEXT,
    "wandb_sample_interval": Field("integer", 100, ge=1),
    "wandb_sample_prompts": TEXT,
    "wandb_save_interval": Field("integer", 100, ge=1),
    "skip_training_and_use_pretrained_hf_lora_url": TEXT,
}

# width and height at "1" megapixel
ASPECT_RATIOS = {
    "1:1": (1024, 1024),
    "16:9": (1344, 768),
    "21:9": (1536, 640),
    "3:2": (1216, 832),
    "2:3": (832, 1216),
    "4:5": (896, 1088),
    "5:4": (1088, 896),
    "3:4": (896, 1152),
    "4:3": (1152, 896),
    "9:16": (768, 1344),
    "9:21": (640, 1536),
}

TRAINED_FIELDS: Fields = {
    "prompt": Field("string", required=True),
    "image": FILE,
    "mask": FILE,
    "aspect_ratio": Field("string", "1:1", choices=(*ASPECT_RATIOS, "custom")),
    "width": Field("integer", ge=256, le=1440),
    "height": Field("integer", ge=256, le=1440),
    "prompt_strength": Field("number", 0.8, ge=0, le=1),
    "model": Field("string", "dev", choices=("dev", "schnell")),
    "num_outputs": Field("integer", 1, ge=1, le=4),
    "num_inference_steps": Field("integer", 28, ge=1, le=50),
    "guidance_scale": Field("number", 3, ge=0, le=10),
    "seed": Field("integer"),
    "output_format": Field("string", "webp", choices=("webp", "jpg", "png")),
    "output_quality": Field("integer", 80, ge=0, le=100),
    "disable_safety_checker": Field("boolean", False),
    "go_fast": Field("boolean", False),
    "megapixels": Field("string", "1", choices=("1", "0.25")),
    "lora_scale": Field("number", 1, ge=-1, le=3),
    "extra_lora": TEXT,
    "extra_lora_scale": Field("number", 1, ge=-1, le=3),
    "replicate_weights": FILE,
}
# their addresses
PICTURES: JsonObject = {"type": "array", "title": "Output", "items": {"type": "string", "format": "uri"}}
